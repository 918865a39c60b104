# Mails of the portal
view-subject = { $site }: { $name }
view-intro = Your view “{ $name }” has { $rows } rows of stock as of { $time }. They are in the workbook of this mail.
view-intro-large = Your view “{ $name }” has { $rows } rows of stock as of { $time }. That is too much for a mail: open the page to download them.
view-intro-none = Your view “{ $name }” has no stock as of { $time }.
watch-subject = { $site }: look at your stock
watch-expiry = These lots expire within { $days } days:
watch-below = There is less of this part than you want:
watch-line-expiry = { $part }, lot { $lot }: expires { $day }, { $amounts } left
watch-line-below = { $part }: { $amounts } left
watch-more = and { $n } more
nothing-left = nothing
stop = Stop this mail
open = Open your stock
