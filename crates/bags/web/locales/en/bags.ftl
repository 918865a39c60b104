# The menu
find-placeholder = Find a bag
nav-group-bags = Bags
nav-scan = Scan
nav-station = Station
nav-bags = Bags
nav-bills = Bills
nav-lookup = Look up
needs-script = Scanning needs JavaScript. Turn it on for this site.
nav-scans = Scan history

# Words
bill = Bill
children = Children
created = Created
linked = Linked
parent = Parent
scans = Accepted scans
station = Station
weight = Weight
kind-parent = Parent
kind-child = Child
status-pending = Pending
status-in-progress = In progress
status-completed = Completed
status-closed = Closed early
kg = { $n } kg
last-scan = Last attempt

# Home
home-figures = Current figures
home-scan = Scan bags
home-hours = Accepted scans by hour
home-hours-label = Accepted scans today, by hour
home-latest = Latest scans
home-all-scans = Scan history
home-no-scans = No scans yet. The first one appears here on its own.
stat-parents = Parents
stat-children = Children
stat-scans-today = Accepted scans today
stat-last-hour = Accepted scans, last hour
stat-dispatchers = Dispatchers with attempts, last hour
stat-refused = refused
stat-mine = My accepted scans today
stat-24h = Accepted scans, last 24 hours
stat-bags = Bags
stat-bills = Bills
stat-bills-active = Open bills
stat-bills-completed = Completed bills
home-areas = Accepted scans by area
home-activity = Accepted scans by day
home-activity-label = Accepted scans of the last days, by day
home-bills = Latest bills
home-all-bills = All bills
home-mine = My latest scans
home-no-own-scans = You have not scanned anything yet.

# Import kinds, columns and results
import-kind-bags = Bags
import-kind-bags-help = Parents, and children with their parents. Columns:
import-kind-bills = Bills
import-kind-bills-help = New bills. Columns:
import-kind-children = Children in parents
import-kind-children-help = The parents must already exist. Columns:
import-kind-parents = Parents on bills
import-kind-parents-help = The parents and bills must already exist. Columns:
import-linked = Linked
import-makes-parents = Make parents that are unknown here
import-makes-bills = Create bills and register parents that are unknown here. A new bill is for 50 parents; change that on its page.
import-label-text = Find codes in longer text
import-label-text-help = For lists typed from labels: “Bag SB00001 (mustard)” is read as SB00001. A row is refused if its text has no code or more than one.
import-column-qr-id = Bag code
import-column-type = Parent or child
import-column-area = Area of the bag
import-column-parent-qr-id = Parent of the child
import-column-bill-id = Bill number
import-column-description = Description
import-column-destination = Destination
import-column-vehicle-number = Vehicle number
import-column-parent-bag-count = Number of parents
import-column-expected-weight-kg = Expected weight
import-column-child = Child
import-column-parent = Parent
import-refused-bad_code = “{ $code }” is not a bag code. Correct it in the file.
import-refused-not_a_parent_code = “{ $code }” is not a parent label. Correct it in the file.
import-refused-is_parent = { $code } is a parent, not a child. Correct the row in the file.
import-refused-unknown_bag = { $code } is unknown. Import or scan this bag first.
import-refused-bad_bill = “{ $code }” is not a valid bill number. Use 3 to 50 characters.
import-refused-bad_capacity = { $code } has no valid number of parents. Use a whole number from 1 to 500.
import-refused-bad_description = The description of { $code } is too long. Shorten it to 2,000 characters.
import-refused-bad_transport = The destination or the vehicle number of { $code } is too long. Shorten them to 200 and 50 characters.
import-weight-ignored = The expected weight is not imported. It is calculated from the parents on the bill.
import-undone-bags = Bags deleted
import-undone-links = Children removed from parents
import-undone-bills = Bills deleted
import-undone-bill-links = Parents removed from bills
import-undone-restored = Bags and bills changed back
outcome-bad_type = Neither parent nor child
outcome-bad_area = Area that this site does not have
outcome-restored = Changed back
outcome-changed_since = Changed since the import
outcome-scanned_since = Scanned since the import
refused-changed_since = { $code } was changed after the import and stays as it is. Correct it by hand if it is wrong.
refused-scanned_since = { $code } was scanned after the import and stays. To delete it, open its page.

# Exports
export-bags = Bags
export-bags-help = Every bag with its type, children, bill, area and parent.
export-bills = Bills
export-bills-help = Every bill with its parents, children and weights.
export-activity = User activity
export-activity-help = Every account with its accepted scans.
export-statistics = System statistics
export-statistics-help = The totals of this site.

# What was done, and what was refused. The station has its own words in ui/phrases.
done-unlinked = { $code } was removed from { $parent }.
done-relinked = { $code } is now in { $parent }.
done-undone = Undone: { $code } was removed from { $parent }.
done-closed = { $n ->
    [one] { $code } was closed with 1 child.
   *[other] { $code } was closed with { $n } children.
 }
done-deleted = { $n ->
    [0] { $code } was deleted.
    [one] { $code } and its child were deleted.
    [other] { $code } and its { $n } children were deleted.
   *[none] { $code } was deleted.
 }
outcome-registered = Registered
outcome-deleted = Deleted
outcome-parent_on_bill = On a bill
outcome-has_children = Has children
outcome-is_linked = Is in a parent
refused-parent_on_bill = { $code } is on bill { $bill } and cannot be deleted. Remove it from the bill first.
refused-has_children = { $n ->
    [one] { $code } has 1 child. Remove it first, or delete the parent together with it.
   *[other] { $code } has { $n } children. Remove them first, or delete the parent together with them.
 }
refused-is_linked = { $code } is in { $current_parent } and cannot be deleted. Remove it from { $current_parent } first.

# Reports
report-bills-title = Bill summary
report-bills-help = Bills by day: count, weight, progress.
report-day-title = End of day
report-day-help = All bills of one day. Read the report, mail it or schedule it.
report-scans-title = Scans of a day
report-scans-help = Accepted and refused scans of one day by hour, area and person.
report-areas-title = Dispatch areas
report-areas-help = Bags, dispatchers, scans, bills and weights of each area.
report-areas-note = Bags are counted as of now. Dispatchers, scans and bills are those of the chosen days.
report-people-title = People
report-people-help = Accepted scans of each person.
report-me-title = My work
report-me-help = My accepted scans today, this week, this quarter and this year.
report-person-title = Work of { $name }
report-person-note = Active days, average, best day and busiest hour count accepted scans of the last 366 days. Refused scans are looked up in the last 500 attempts.
report-bill-title = Bill { $bill }
report-cut = Only the first { $n } bills are shown. The Excel file has all of them.
report-of-person = Bills of { $name }
report-bills = Bills
report-parents = Parents
report-capacity = Capacity
report-corrections = Corrections
report-refused = Refused
report-total-bills = All bills
report-time-by = { $time } by { $name }
paper-title = Dispatch bill
paper-printed = Printed { $time } by { $name }
paper-parents = Parents and their children
paper-of = of { $n }
paper-expected = expected { $n }
paper-to = To
paper-vehicle = Vehicle
paper-driver = Driver
paper-loaded-by = Loaded by
paper-checked-by = Checked by
report-created = Created
report-created-by = Created by
report-created-line = Created { $text }
report-completed-line = Completed { $text }
report-weight-kg = Weight (kg)
report-expected = Expected weight
report-expected-kg = Expected (kg)
report-target = Target weight
report-variance = Difference
report-variance-kg = Difference (kg)
report-percent = Filled (%)
report-completed = Full
report-in-progress = Partly full
report-empty = Empty
report-status-new = New
report-status-processing = Processing
report-status-completed = Completed
report-by-status = By status
report-by-person = By person
report-by-area = By area
report-by-hour = By hour
report-bills-by-hour = Bills by hour
report-bills-by-day = Bills by day
report-bills-by-month = Bills by month
report-children-by-parent = Children in each parent
report-full-parent = Full parent
report-scans-by-hour = Accepted scans by hour
report-scans-by-day = Accepted scans, last 30 days
report-people-of-area = Only people of this area
report-no-area-yet = You have no area yet, so there is nothing to see. Ask an admin to give you one.
report-parents-now = Parents now
report-children-now = Children now
report-billed-now = Parents on bills now
report-weight-now = Weight in parents now
report-weight-now-kg = Weight now (kg)
report-parents-created = New parents
report-dispatchers = Dispatchers with attempts
report-scans-each = Scans per dispatcher
report-refused-share = Refused (%)
report-bill-parents = Parents on these bills
report-bill-weight = Weight on bills
report-bill-weight-kg = Weight on bills (kg)
report-scans-today = Accepted scans today
report-scans-week = Accepted this week
report-scans-quarter = Accepted this quarter
report-scans-year = Accepted this year
report-scans-total = Accepted in total
report-parent-scans = Accepted parent scans
report-child-scans = Accepted child scans
report-bill-scans = Accepted bill scans
report-active-days = Active days
report-bags = Different bags scanned
report-average = Average per active day
report-best-day = Best day
report-busiest-hour = Busiest hour
report-last-scan = Last attempt
report-last-scan-line = Last attempt { $time }
report-last-scans = Last 20 attempts
report-last-refusals = Last 10 refused scans
report-last-entries = Last 15 actions
report-action = Action
report-subject = Item
report-undone = Undone
report-nothing-yet = Nothing yet.

# Bills
bill-create-button = Create bill
bill-station = Bill station
bill-number = Bill number
bill-number-help = 3 to 50 characters. Capital and small letters count as the same.
bill-capacity = Number of parents
bill-capacity-help = How many parents go on it, 1 to 500. It can be changed later.
bill-capacity-edit-help = A whole number from 1 to 500, and not less than the parents already on the bill.
bill-description = Description
bill-no-description = None
bill-destination = Destination
bill-vehicle = Vehicle number
bill-save = Save
bill-meanwhile = Somebody changed this bill while the form was open. It now says what is listed here. Save again to write your values over it.
bill-cancel = Cancel
bill-edit = Edit
bill-edit-of = Edit bill { $bill }
bill-status-open = Open
bill-status-new = New
bill-status-processing = Processing
bill-status-completed = Completed
bill-progress = Progress
bill-fill-empty = Empty
bill-fill-in_progress = Partly full
bill-fill-completed = Full
bill-progress-of = Progress of bill { $bill }
bill-parents = Parents
bill-created = Created
bill-created-by = Created by
bill-completed = Completed
bill-filter-number = Bill number contains
bill-sort = Sort by
bill-sort-newest = Newest first
bill-sort-oldest = Oldest first
bill-sort-number = Number
bills-none = No bills found
bills-none-help = A bill is one dispatch: a list of parents. Create one to see it here.
bills-none-filtered = No bill matches these filters. Clear them to see all bills.
bills-shown = { $n ->
    [one] 1 bill on this page
   *[other] { $n } bills on this page
 }
bills-searched = { $n } bills were searched so far. Search further to find more.
bills-recalculate = Recalculate all
bills-recalculate-help = Counts the parents, children and areas of every bill again and corrects what is wrong. Scanning can go on meanwhile. Every correction is recorded in the audit trail.
bills-recalculate-now = Recalculate all bills
bills-recalculated = { $n ->
    [one] 1 bill was recalculated.
   *[other] { $n } bills were recalculated.
 }
bills-all-correct = All figures were correct.
bills-corrected = { $n ->
    [one] 1 bill was wrong and is now corrected.
   *[other] { $n } bills were wrong and are now corrected.
 }
bill-recalculate = Recalculate
bill-recalculated = The figures were wrong and are now corrected.
bill-actions = Actions
bill-scan-into = Scan into this bill
bill-downloads = Download
bill-enter = Add
bill-enter-label = Add a parent by hand
bill-enter-help = A parent label that was never scanned is registered without children.
bill-delete = Delete this bill
bill-delete-help = Its parents stay and become free. The history stays.
bill-delete-completed = A completed bill cannot be deleted. Reopen it first.
bill-weight-picture = Weight and target
bill-linked-at = On the bill since
bill-no-parents = No parents to show. Scan one to add it to this bill.
bill-other-areas = { $n ->
    [one] 1 more parent on this bill belongs to another area.
   *[other] { $n } more parents on this bill belong to other areas.
 }
bill-more-parents = More parents
bill-show-children = Show all children
bill-hide-children = Hide children
bill-children-of = Children of { $code }
bill-parent-empty = No children.
bill-parent-page = Open this parent
bill-back = Back to bill { $bill }
bill-short-chip = Short
bill-short-one = One parent on this bill is short: it has fewer children than it can hold.
bill-short-parents = { $n } parents on this bill are short: they have fewer children than they can hold.
bill-history = Latest scans
bill-no-history = No scans. This bill came from an import.

# Scan history. An attempt is a scan, accepted or refused.
total-scans = Attempts
total-scans-today = Attempts today
total-parent-scans = Accepted parent scans
total-child-scans = Accepted child scans
scans-filter-text = Code, parent or bill
scans-accepted = Accepted
scans-refused = Refused
scans-inside = No scan has exactly this code. These contain it.
scans-none = No scans found
scans-none-help = No scan matches these filters, or nothing has been scanned yet.
scans-searched = { $n } attempts were searched so far. Search further to find more.
scans-shown = { $n ->
    [one] 1 attempt on this page
   *[other] { $n } attempts on this page
 }
scan-one = Scan
scan-client-at = Time on the device
scan-action = Action
scan-id = Scan ID
scan-answer = Answer from the server

# Bags: look-up, deletion, moves and lists of children
filter-code = Code
bags-none = No bags found
bags-none-help = No bag matches these filters, or nothing has been scanned yet. Scan a parent to begin.
bags-shown = { $n ->
    [one] 1 bag on this page
   *[other] { $n } bags on this page
 }
no-bill = Not on a bill
no-parent = Not in a parent
no-children = No children yet. Scan this parent, then its children.
no-history = No scans. This bag came from an import.
no-history-by-hand = No scans.
act-undo = Undo last scan
act-close = Close parent
act-unlink = Remove
act-unlink-of = Remove { $code } from its parent
act-put-on-bill = Put on a bill
act-relink = Move
act-delete = Delete this bag
act-delete-help = A bag on a bill cannot be deleted. A parent with children is deleted together with them; you are asked first. The history stays.
act-delete-really = Delete { $code }
history = History
older = Older scans
lookup-label = Scan or type a code
lookup-find = Find
lookup-none = { $code } was not found
lookup-none-help = No code in your area is similar. Check what is printed under the barcode.
lookup-none-yet = None of the first { $n } similar codes is in your area. Type more of what is printed under the barcode.
lookup-suggest = Did you mean
total-bags = All bags
total-filtered = Found
total-not-counted = not counted
filter-linked = Linked
filter-is-linked = Linked
filter-is-unlinked = Not linked
filter-is-billed = On a bill
filter-scanned-by = Scanned by
filter-first-scan = Created
filter-never-scanned = Never scanned
filter-scanned = Scans
search-order = The exact code comes first, then codes that end with this text.
search-beginning = One or two characters find codes that begin with them. Type three to search inside codes.
bags-searched = { $n } bags were searched so far. Search further to find more.
wrong-person = Bags that were never scanned have no person. Use only one of these two filters.
act-undo-link = Undo this scan
act-undo-of = Undo this scan of { $code }
act-edit-children = Edit children
more-children = More children
delete-title = Delete { $code }
delete-what = What will be deleted
delete-children = { $n ->
    [one] 1 child, removed from this parent:
   *[other] { $n } children, removed from this parent:
 }
delete-unnamed = and { $n } more
delete-link = Its place in { $parent }
delete-scans-stay = The scans stay in the history. The audit trail records what was deleted.
delete-on-bill = This bag is on a bill and cannot be deleted. Remove it from the bill first:
delete-with-contents = Delete { $code } and its children
delete-out-of-parent = Delete { $code } and take it out of { $parent }
put-title = Put { $code } on a bill
put-already = It is already on bill { $bill }. Remove it there first.
put-open = Open the bill
put-scan = Scan, type or choose the bill number
put-choose = Choose
put-confirm = Put it on { $bill }
put-new = No bill is called { $bill } yet. It can be created now.
put-create = Create { $bill } and put it on
put-open-bills = Open bills
put-bad-number = { $bill } is not a valid bill number. Use 3 to 50 characters.
put-completed = Bill { $bill } is completed. Reopen it first, or choose another bill.
put-full = Bill { $bill } is full. Choose another bill, or raise its number of parents.
lookup-found = With { $text } in it
lookup-bag = Bag
relink-title = Move { $code }
relink-free = { $code } is not in a parent. To link it, scan the parent, then the child.
relink-scan = Scan or type the correct parent
relink-show = Show both parents
relink-both = Both parents, before and after
relink-now = Children now
relink-then = Children after the move
relink-confirm = Move to { $code }
relink-unknown = { $code } was not found in your area. Scan the parent label again.
relink-is-child = { $code } is a child bag. Scan a parent label.
relink-same = The bag is already in { $code }. Choose another parent.
relink-full = { $code } is full. Choose another parent.
children-title = Children of { $code }
children-label = One code per line
children-help = At most { $n }. Bags left on the list keep their scan time. The others become free.
children-save = Save list
children-not-saved = Nothing was saved:

# Actions on bags and bills
action-parent = Choose parent
action-child = Link child
action-unlink = Remove child
action-relink = Move child
action-undo = Undo
action-close = Close parent
action-register = Register bag
action-delete = Delete bag
action-delete_contents = Delete bag with children
action-set_children = Edit children
action-bill_link = Add to bill
action-bill_enter = Add to bill by hand
action-bill_unlink = Remove from bill
action-bill_create = Create bill
action-bill_edit = Edit bill
action-bill_complete = Complete bill
action-bill_reopen = Reopen bill
action-bill_delete = Delete bill
action-create_bag = Bag created
action-update_bag = Bag changed
action-delete_bag = Bag deleted
action-delete_bag_prevented = Bag not deleted
action-close_bag = Parent closed
action-create_bill = Bill created
action-update_bill = Bill changed
action-delete_bill = Bill deleted
action-link_created = Link added
action-link_deleted = Link removed
action-link_moved = Moved to another parent
action-bill_weight_recalculated = Bill recalculated
action-all_bill_weights_recalculated = All bills recalculated
action-parent_selected = Parent selected
action-scan_refused = Scan refused
action-import_traitortrack = Imported from TraitorTrack
entity-bag = Bag
entity-bill = Bill

# Fields of scans, bags and bills
field-id = Scan ID
field-outcome = Result
field-code = Code
field-parent = Parent
field-children = Children
field-capacity = Capacity
field-status = Status
field-completed = Completed
field-current_parent = Current parent
field-labels = Parent labels
field-bill = Bill
field-current_bill = Current bill
field-bill_parents = Parents on the bill
field-bill_capacity = Number of parents
field-bill_status = Bill status
field-actual_kg = Actual weight (kg)
field-expected_kg = Expected weight (kg)
field-target_kg = Target weight (kg)
field-variance_kg = Difference (kg)
field-missing = Missing parents
field-clock_off_s = Clock difference (s)
field-message = Message
field-type = Type
field-area = Area
field-description = Description
field-destination = Destination
field-vehicle_number = Vehicle number
field-created = Created
field-added = Added
field-removed = Removed
field-restored = Changed back
field-parents = Parents
report-send-help = The report goes by mail to every admin and every biller with an e-mail address.
report-no-recipients = No admin or biller has an e-mail address. Add one first.

home-week-ago = { $n } by this time a week ago
home-usually = { $n } by this time on a usual day
home-totals = Totals
stat-refused-today = Refused today
need-bills = { $n ->
    [one] bill open since yesterday or longer
   *[other] bills open since yesterday or longer
}
need-parents = { $n ->
    [one] parent begun before today and not completed
   *[other] parents begun before today and not completed
}
need-refusals = scans refused today, more than twice as many as usual

# Rows that were picked in a list, and removals that were undone
picked-delete = Delete selected
picked-complete = Complete selected
picked-refused = { $n ->
    [one] 1 was refused:
   *[other] { $n } were refused:
 }
picked-refused-more = And { $n } more.
done-deleted-n = { $n ->
    [one] 1 bag was deleted.
   *[other] { $n } bags were deleted.
 }
done-brought_back = { $n ->
    [0] { $code } is back.
    [one] { $code } is back with its child.
    [other] { $code } is back with its { $n } children.
   *[none] { $code } is back.
 }
done-brought_back-n = { $n ->
    [one] 1 bag is back.
   *[other] { $n } bags are back.
 }
done-bill_brought_back = Bill { $bill } is back with its parents.
done-bill_brought_back-n = { $n ->
    [one] 1 bill is back.
   *[other] { $n } bills are back.
 }
done-bill_finished-n = { $n ->
    [one] 1 bill was completed.
   *[other] { $n } bills were completed.
 }
done-bill_reopened-n = { $n ->
    [one] 1 bill was reopened.
   *[other] { $n } bills were reopened.
 }
outcome-brought_back = Brought back
outcome-bill_brought_back = Bill brought back
outcome-nothing_to_bring_back = Nothing to bring back
outcome-scanned_again = Scanned again
refused-nothing_to_bring_back = { $code } cannot be brought back. A deletion can be undone once, and within an hour.
refused-scanned_again = { $code } was scanned again after the deletion. Nothing was brought back.
action-bring_back = Undo deletion
action-bill_bring_back = Undo deletion of bill
action-bring_back_bag = Deletion undone
action-bring_back_bill = Deletion undone
delete-can-undo = You can undo this for an hour.
bill-delete-now = Delete { $bill }

# What is kept of a person
kept-bags-scans = Scans
kept-bags-bags = Bags created
kept-bags-bills = Bills
kept-bags-workplace = Place of work

# Settings
setting-reports-eod_time = Time of the daily report
setting-help-reports-eod_time = It is sent by mail every day at this time.
fixed-bags-capacity = Children in a full parent

# Jobs
job-bill_numbers = Sort bill numbers into the search
job-eod = Send the daily report
job-search = Sort codes into the search
job-removed = Forget removed bags and bills
