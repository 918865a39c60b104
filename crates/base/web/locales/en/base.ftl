# The frame
skip-to-content = Skip to the content
menu = Main menu
menu-small = Shortcuts
find = Find
scanned-check = Scanned. Check it, then press Enter yourself.
other-language = हिन्दी
other-language-code = hi
theme-system = Theme: system
theme-light = Theme: light
theme-dark = Theme: dark
notices = Notices
notices-some = Notices, unread: %n%
sign-out = Sign out
nav-home = Home
nav-help = Help
help-guides = Guides
help-keys = Keys
help-key-help = Help for the page you are on
help-key-find = Search box
help-key-scan = Scan page
help-key-bills = Bills
help-key-cancel = Leave a field, then the form
help-key-undo = Station: undo the last scan
help-key-finish = Station: close the parent, complete the bill
help-key-accept = Station: do what a refusal offers
nav-more = More
nav-group-office = Office
nav-search = Search
nav-api = API
sign-in = Sign in
nav-exports = Exports
nav-reports = Reports
nav-imports = Imports

# Words that many pages share
all = All
area = Area
code = Code
hour = Hour
person = Person
result = Result
status = Status
time = Time
no-area = None
corrections = Corrections
undone-at = Undone
cancel = Cancel

# Days and times of day
home-morning = Good morning, { $name }
home-afternoon = Good afternoon, { $name }
home-evening = Good evening, { $name }
home-today = Today
home-span = Number of days
home-days = { $n } days
home-day = Day
home-as-table = Show as table
day-1 = Monday
day-2 = Tuesday
day-3 = Wednesday
day-4 = Thursday
day-5 = Friday
day-6 = Saturday
day-7 = Sunday

# The live feed
live = Live
live-lost = Connection lost. Figures may be out of date.
live-connecting = Connecting

# Lists, filters and paging
filter-type = Type
filter-area = Area
filter-show = Show
pages = Pages
next-page = Next page
filter-clear = Clear filters
by-person = by { $name }
removed-person = removed person { $number }
not-known = not known
undo = Undo
yes = Yes
no = No
dismiss = Dismiss
filters = Filters
filters-in-use = Filters in use
filter-remove = Remove filter { $name }
filter-from = From
filter-to = To
period-today = Today
period-yesterday = Yesterday
period-week = This week
period-last7 = Last 7 days
period-last30 = Last 30 days
period-month = This month
search-further = Search further
wrong-from = Not a valid date. Enter one such as 2026-11-21.
wrong-to = Not a valid last day. Enter a date that is not before the first day.
wrong-text = This text cannot be searched. Use at most 200 characters, without line breaks.
wrong-limit = A page shows 1 to 200 rows. Choose a number in that range.
wrong-sort = Search results cannot be sorted. Clear the search or the sorting.
wrong-choice = Choose a value from the list.
wrong-cursor = This link to the next page is not valid. Open the list again.
wrong-file = The file cannot be taken. Choose another file.
wrong-form = The form could not be read. Load the page again.
wrong-confirm = Type the name exactly as it is shown.
wrong-time = Not a valid time. Enter one such as 18:30.
wrong-field = A field is missing or wrong. Check what you entered.

# Changes by hand
changes = Changes
no-changes = No changes by hand.
change = Change
field = Field
before = Before
after = After

# Errors
error-home = Go to the home page
error-request = When you ask for help, give this ID:
error-not-allowed = Not allowed
error-not-found = Not found
error-too-often = Too many requests
error-broken = Something went wrong
error-refused = That did not work
problem-not_allowed = Your account is not allowed to do this. Ask an admin.
error-who-may = Who can do this: { $roles }.
role-admin = Admin
role-biller = Biller
role-dispatcher = Dispatcher
role-organiser = Organiser
role-steward = Steward
role-service = Customer service
problem-csrf = This page was open for too long. Load it again, then repeat what you did.
unsaved = Nothing was saved yet, because you had to sign in again. Check the form, then send it.
unsaved-file = Choose the file again.
unsaved-discard = Discard what I typed
problem-too_often = Too many tries. Wait a minute, then try again.
problem-store_unavailable = The database cannot be reached. Try again in a moment.
problem-internal = Something went wrong on the server. Ask an admin, and give them the ID below.
problem-not_found = This was not found, or is not in your area. Check the address.

# The page of the API
docs-intro = For programs that scan, look things up or read figures. The machine-readable description:
docs-body = Request body

# Reports and their mail
total = Total
page-of = Page { $page } of { $pages }
letters-missing = Letters that could not be printed are shown as { $mark }.
chart-most = Highest: { $label } with { $value }
chart-most-hour = Highest: { $label }:00 to { $label }:59 with { $value }
chart-today = Today so far: { $value }
chart-empty = Nothing to draw yet: every figure is zero.
report-download = Download
report-table-file = { $table } (CSV)
report-figures = Key figures
report-bar = Bar
report-number = Number
report-made = Generated { $time }. Times are those of { $zone }.
report-no-data = No data for these filters. Choose other days.
report-wrong-day = Not a valid date. Enter one such as 2026-11-30.
report-wrong-order = The last day is before the first. Change one of them.
report-wrong-length = This report covers at most { $n } days. Choose fewer days.
report-wrong-person = No account has this name. Check the spelling, or choose one from the list.
wrong-person-several = Several people have this name. Choose one from the list.
report-from = From
report-to = To
report-date = Day
report-count = Count
report-send = Send this report
report-send-now = Send now
report-schedule = Send it every day
report-schedule-time = Time of day
report-schedule-set = Save
report-schedule-help = Leave the time empty to stop the daily mail. At a time before noon, the report of the previous day is sent. A mail that was missed is sent later the same day. If the time has already passed today, the first mail is sent tomorrow.
report-done-sent = { $n ->
    [one] 1 mail will be sent.
   *[other] { $n } mails will be sent.
 }
report-done-scheduled = The report will be sent every day at this time.
report-done-unscheduled = The report will no longer be sent every day.
report-no-mail = Mail is not set up, so nothing can be sent. Ask an admin to set it up.
report-outbox-full = Too many mails are waiting. Find out why they are not sent, then try again.

# Exports
export-help = Exports everything unless you set a limit. A CSV file starts at once. A large Excel file is made in the background and kept here for a while.
export-days = Days
export-rows = { $n } rows.
export-limit = Number of rows
export-limit-help = Leave empty to export all rows. A limited file says so in its name.
export-files = Files
export-files-none = No files. Large Excel files appear here.
export-progress-of = Progress of { $name }
export-cancel = Cancel
export-cancel-of = Cancel { $name }
export-download = Download
export-download-of = Download { $name }
export-kept = Kept until { $time }
export-line-waiting = Waiting. About { $total } rows.
export-line-making = { $done } of about { $total } rows
export-line-ready = Ready: { $done } rows, { $mb } MB
export-line-failed = The file could not be made. Export it again, or choose CSV.
export-line-cancelled = Cancelled

# Imports
import-new = New import
imports-none = No imports yet
imports-none-help = Bring data in from a CSV, Excel or OpenDocument file. The rows are checked before anything is saved.
import-steps = Choose a file, match its columns, look at the check, then start. Nothing is saved before you start.
import-file = File
import-file-help = One or more files: CSV, Excel (.xlsx, .xls) or OpenDocument (.ods), up to { $mb } MB together. Each needs a row with the column names.
import-file-kept = Files are kept for { $days } days.
import-upload = Upload
import-back = Back
import-kind = Type of rows
import-state-waiting = Columns not chosen
import-state-checking = Checking
import-state-checked = Checked
import-state-running = Running
import-state-done = Done
import-state-failed = Failed
import-state-cancelled = Cancelled
import-state-rolling_back = Undoing
import-state-rolled_back = Undone
import-rows = Rows
import-row = Row
import-created = New
import-known = Already there
import-refused = Refused
import-finished = Finished
import-progress-line = { $done } of { $total } rows
import-leave = You can leave this page. The import continues, and you find it again under Imports.
import-checked-head = What would happen
import-cut = The file has more than { $n } rows. Only the first { $n } were checked, as if the file ended there.
import-clean = No row will be refused.
import-mode = If a row is refused
import-mode-skip = Skip it and import the others
import-mode-all = Import all rows or none
import-mode-all-not = Not possible, because rows would be refused.
import-start = Start import
import-resume = Continue import
import-cancel = Cancel
import-result-file = Download refused rows
import-reasons = Reasons
import-reason = Reason
import-examples = Examples
import-unread = Columns that are not imported: { $names }.
import-columns = Match the columns
import-sheet = Sheet
import-sheet-note = The file has { $n } sheets. Only “{ $sheet }” is imported. Choose another one above, or upload the file again for the next.
import-sheet-hidden = { $sheet } (hidden)
import-header-row = Row with column names
import-header-row-help = Rows above it are not imported.
import-hidden-columns = Hidden in the file, but imported: { $names }.
import-hidden-rows-take = Import the { $n } hidden rows too
import-hidden-rows = { $n } hidden rows are left out. Choose below to import them too.
import-hidden-sheets = Hidden sheets, not imported: { $names }.
import-blocks = The file lists bags in blocks, each with the parent or the bill that they belong to. Its columns are known.
import-other-sheets = Other sheets, not imported: { $names }.
import-beyond = Cells under no column name are not imported. Rows with such cells: { $n }; the first is { $place }.
import-column-choose = Choose a column
import-column-none = None
import-check = Check
import-first-rows = First rows of the file
import-undo = Undo this import
import-undo-help = Undoes everything this import did, except what was scanned or changed since. You then see what was not undone.
import-undo-type = Type { $file } to confirm
import-undone-head = What was undone
import-kept = Not undone
import-kept-file = Download what was not undone
outcome-cell_date = Date in the wrong column
outcome-cell_true_or_false = TRUE or FALSE in the wrong column
outcome-cell_error = Error in a cell
outcome-cell_formula = Formula without a value
outcome-cell_number = Number in another form
outcome-cell_too_many_digits = Number with too many digits
outcome-cell_not_shown = Value that is not shown
import-refused-cell_date = Cell { $code } is a date. Format the column as text, type the value again and save the file.
import-refused-cell_true_or_false = Cell { $code } is TRUE or FALSE. Format the column as text, type the value again and save the file.
import-refused-cell_error = Cell { $code } is an error. Correct the formula, or type the value.
import-refused-cell_formula = Cell { $code } is a formula without a value. Open the file in a spreadsheet and save it, or type the value.
import-refused-cell_number = Cell { $code } is a number in another form than its digits. Format the column as text, type the value again and save the file.
import-refused-cell_too_many_digits = Cell { $code } is a number with more than 15 digits. A spreadsheet does not keep them all. Format the column as text, type the value again and save the file.
import-refused-cell_not_shown = Cell { $code } has a value that the spreadsheet does not show. Give the cell another format, or delete its value, and save the file.
import-fault-row_refused = A row was refused, so nothing was imported. Correct the file and import it again.
import-fault-internal = Something went wrong on the server during this import. Ask an admin. What was imported so far can be undone.
import-fault-not_allowed = The person who started this import is no longer allowed to import. Ask an admin.
import-fault-unknown_kind = This site cannot import this type of file. Ask an admin.
import-fault-file_gone = The file is no longer kept. Upload it again.
import-fault-file_too_large = The file is too large. Split it into smaller ones.
import-fault-file_unreadable = The file cannot be read. Save it again as CSV or .xlsx.
import-fault-file_empty = The file is empty. Choose one with a header row and rows under it.
import-fault-file_without_rows = The file has a header but no rows. Add rows under the header.
import-fault-file_one_column = The file has only one column. Put a comma or a semicolon between the columns.
import-fault-file_wrong_separator = The first line of the file (sep=) names a separator that its columns do not have. Delete or correct that line.
import-fault-file_unknown_separator = The first line of the file (sep=) names something that cannot separate columns. Delete or correct that line.
import-fault-file_open_quote = A quotation mark in the file is not closed. Close it, or write it twice.
import-fault-file_too_many_columns = The file has too many columns. Delete the ones you do not need.
import-fault-file_cell_too_long = A cell in the file is too long. Shorten it.
import-fault-file_row_too_long = A row in the file is too long. Shorten it.
import-fault-file_zero_byte = The file is damaged. Save it again as CSV in UTF-8.
import-fault-file_bad_text = The characters in the file cannot be read. Save it again as CSV in UTF-8.
import-fault-file_unfolds_too_far = The Excel file has too much data. Split it into smaller files.
import-fault-file_packed_too_tightly = This does not look like a real Excel file. Save the table as CSV.
import-fault-file_with_macros = The file contains macros. Save it as .xlsx or CSV.
import-fault-file_with_password = The file has a password. Remove the password first.
import-fault-file_old_excel = This file is from Excel 95 or older. Save it as .xlsx or CSV.
import-fault-file_old_excel_or_password = This is an old Office file without a workbook, or it has a password. Save it as .xlsx without a password.
import-fault-file_no_table = The file has no table. Choose a CSV, Excel or OpenDocument (.ods) file.
import-fault-file_broken_workbook = The Excel file cannot be read. Open it in Excel and save it again.
import-fault-file_no_sheet = The file has no such sheet. Choose another one.
import-fault-file_no_header_row = There is nothing in the row that was chosen for the column names. Choose another row.
import-fault-file_rows_hidden = All rows of the file are hidden. Show them in the spreadsheet, or choose to import hidden rows too.
import-fault-file_column_missing = A required column is missing. Choose which one it is.
import-fault-file_column_twice = A column appears twice. Choose the right one.
import-fault-file_column_for_two = One column was chosen twice. Choose a different one for each.
import-fault-import_state = This is not possible now. Load the page again to see the status of the import.
import-fault-import_not_clean = Some rows would be refused, so nothing would be imported. Correct the file, or choose to skip refused rows.
import-fault-invalid_field = A field is missing or wrong. Check the form.
import-fault-body_cut_off = The upload stopped too early. Upload the file again.
import-fault-body_too_slow = The upload took too long. Try again.
import-fault-busy = Other files are being uploaded. Try again in a minute.

# Actions
action-export = Exported
action-import_uploaded = Import file uploaded
action-import_started = Import started
action-import_finished = Import finished
action-import_cancelled = Import cancelled
action-import_rows = Rows imported
action-import_rolling_back = Import undo started
action-import_rolled_back = Import undone
action-import_taken_back = Imported rows undone
action-setting_changed = Setting changed
action-eod_sent = Daily report sent
action-mail_failed = Mail not sent
action-mail_retried = Mail sent again
action-eod_call_refused = Call for the daily report refused
action-secrets_rotated = Stored secrets encrypted again
action-unknown = Unknown action

# Things that actions are about
action-request_refused = Request refused
action-other = Other action ({ $name })
entity-account = Account
entity-export = Export
entity-import = Import
entity-key = Key
entity-mail = Mail
entity-report = Report
entity-session = Session
entity-setting = Setting
entity-token = Access token

needs-a-look = Needs a look
need-mails = { $n ->
    [one] mail could not be sent
   *[other] mails could not be sent
}
need-imports = { $n ->
    [one] import failed this week
   *[other] imports failed this week
}

# Lists: columns, views, rows that are picked
views = Views
view-save = Save view
view-save-now = Save
view-name = Name
view-help = Keeps the filters and the order that are shown now, for you alone.
view-remove = Remove view “{ $name }”
columns = Columns
columns-shown = Columns to show
columns-apply = Apply
columns-at-first = Default columns
pick = Select
pick-row = Select { $name }
pick-all = Select all on this page
picked = { $n } selected
picked-none = None selected
picked-nothing = Nothing was selected. Tick the rows first.

# The page of the kit
kit-title = Parts of a page
kit-intro = Every part with made-up contents, for people who build pages.
kit-list = Rows
kit-new = New
kit-open = Open
kit-done = Done
kit-refused = Refused
kit-remove = Remove
kit-said = KT00001 was removed.
kit-shown = 4 rows
kit-empty = Nothing here yet
kit-empty-help = What to do first stands here.
kit-progress = Progress of { $name }

# How long a session goes on, and the lock screen
stay-locks = The screen locks in { $minutes } min.
stay-ends = Your session ends in { $minutes } min. Finish what you are doing, then sign in again.
stay = Stay
lock-password = Password
lock-title = Screen locked
lock-help = { $name }, type your password to go on. Your work and your scans are still there.
lock-resume = Unlock
lock-other-person = Sign in as somebody else
password-wrong = The password is wrong.
