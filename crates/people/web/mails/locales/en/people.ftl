hello = Hello { $name },

# Welcome
welcome-subject = Your account at Tallyhouse
welcome-intro = You have an account. Your user name is { $username }.
welcome-registered = An admin gives you an area. Until then you can sign in and see your profile.
welcome-temporary = Your temporary password is below. It works once, until { $until }. You choose your own when you sign in.
welcome-open = Sign in

# A temporary password
temporary-subject = Your temporary password
temporary-intro = An admin gave you a temporary password. It works once, until { $until }. You choose your own when you sign in.
temporary-signed-out = You were signed out everywhere.

# A link for a new password
reset-subject = Set a new password
reset-intro = Somebody asked for a new password for your account { $username }. The link works once, for { $minutes } minutes.
reset-not-you = If it was not you, ignore this mail. Your password stays as it is.
reset-factor = If you have a second factor, you still need it to sign in.
reset-open = Set a new password

# A request for a higher role
promotion-subject = Your request was decided
promotion-approved = You are an admin now. You were signed out; sign in again.
promotion-rejected = Your request to become an admin was rejected.
promotion-words = The admin wrote: { $words }
promotion-open = Open your request
