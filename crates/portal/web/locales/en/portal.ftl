# The portal: the stock of customers.

stock = Stock
stock-no-source = Stock cannot be shown: this site is not connected to it yet.
stock-waiting = Asking for your stock…
stock-as-of = As of { $time }
stock-refresh = Refresh
stock-search = Search all columns
stock-reset = Reset filters
stock-showing = Showing { $shown } of { $all } rows
stock-sums = Sum of what is shown
stock-nothing = Nothing matches your search and filters.
stock-no-stock = There is no stock for your account.
stock-no-scope = Your account is not connected to your stock yet. Ask us to connect it.
stock-missing = Not known in the stock system: { $names }. Ask us to correct your account.
stock-cut = There are more rows than can be shown. Ask us for a file of all of them.
stock-late-slow = The stock system is slow. This is your stock of { $time }; the page goes on asking.
stock-late-away = The stock system cannot be reached. This is your stock of { $time }; the page goes on asking.
stock-late-unusable = The stock system gave an answer that cannot be used. This is your stock of { $time }; the page goes on asking.
stock-late-network = There is no answer from this site. This is your stock of { $time }; the page goes on asking.
stock-none-slow = The stock system is slow. Your stock is shown as soon as it answers.
stock-none-away = The stock system cannot be reached. Your stock is shown as soon as it answers.
stock-none-unusable = The stock system gave an answer that cannot be used. We are told; the page goes on asking.
stock-none-network = There is no answer from this site. The page goes on asking.
stock-expired = Expired
stock-soon = Expires soon
stock-expires-in = { $n } days left
stock-without = without
stock-all-customer = All customers
stock-all-part = All parts
stock-all-bin = All bins
stock-all-status = All statuses
stock-columns = Columns
stock-format-dates = Dates
stock-format-numbers = Numbers
stock-export-xlsx = Download XLSX
stock-export-csv = Download CSV
stock-export-making = Making the file…
stock-export-failed = The file could not be made. Try again in a minute.
stock-details = Details
stock-close = Close
stock-saved = Views and mails
stock-views = Saved views
stock-views-none = None yet. Choose what you want to see, and save it here.
stock-view-name = Name
stock-view-save = Save what is shown
stock-view-open = Show { $name }
stock-view-link = Copy link
stock-view-link-of = Copy the link to { $name }
stock-view-link-copied = Copied
stock-mailing-of = How often { $name } is sent by mail
stock-mailing-off = No mail
stock-mailing-daily = Every morning by mail
stock-mailing-weekly = Every Monday by mail
stock-remove = Remove
stock-remove-of = Remove: { $name }
stock-watches = Tell me by mail
stock-watch-kind = What
stock-watch-kind-expiry = A lot nears its expiry
stock-watch-kind-below = A part falls below
stock-watch-part = Part (empty: all parts)
stock-watch-limit = Days, or amount
stock-watch-add = Tell me
stock-watch-all = all parts
stock-watch-expiry = { $part }: { $n } days before a lot expires
stock-watch-below = { $part }: less than { $n }
stock-no-mail = This site sends no mail.
stock-not-done = That did not work. Try again.

stock-view-as = You see the stock of { $name } as they do. Nothing can be changed here, and that you looked is in the audit trail.
stock-view-as-back = Back to users

stock-health = Stock system
stock-health-none = This site is not connected to a stock system. See [erp] of the configuration.
stock-health-well = It answers, in { $ms } ms.
stock-health-bad = It does not answer: { $fault }
stock-health-answered = Last answer to a customer
stock-health-fault = Last fault
stock-health-paused = It is left alone for a moment, so that it can come back.
stock-health-queries = Questions for stock since the start of this node
stock-health-read-only = The login of this site may only read there; `tallyhouse doctor` looks whether that is so.
need-stock-away = the stock system does not answer customers

stop-title = Stop this mail
stop-ask = Nobody sends you this mail any more once you press the button. You can turn it on again in “Views and mails”.
stop-button = Stop this mail
stop-done = This mail is stopped.
stop-wrong = This link stops nothing any more. Sign in and look at “Views and mails”.
stop-open = Open your stock

column-customer = Customer
column-part = Part
column-customer_part = Customer Part
column-description = Description
column-on_hand = On Hand Qty
column-unit = Unit
column-bin = Bin
column-lot = User Lot
column-expires = Exp Date
column-reference = Reference
column-order = PO
column-status = Status
column-received = Last Rec Date
column-moved = Last Tran Date

setting-portal-last_good_hours = Older stock on bad days
setting-help-portal-last_good_hours = For so many hours customers are shown stock that was read earlier, with its time, while the stock system is slow or away; 0 is never.
setting-portal-soon_days = Expiring soon
setting-help-portal-soon_days = So many days before its expiry stock is marked.

action-stock_exported = Stock downloaded
action-stock_viewed_as = Stock of a customer looked at
action-stock_mailing_changed = Mail with stock turned on or off
action-stock_watch_changed = Notice about stock turned on
action-stock_mail_stopped = Mail with stock stopped by its link

# Looking after customers
nav-customers = Customers
nav-usage = Portal usage
nav-customer-trail = Customer history
nav-panel = Customer portal
customer-name = Name
customer-name-of = Customer
customer-email = E-mail
customer-email-help = They sign in with it.
customer-scope = Customers of the ERP
customer-scope-all = All customers, and stock without one
customer-scope-nothing = None: sees nothing
customer-scope-empty = Choose at least one customer of the ERP, or all.
customer-scope-many = Choose at most 500 customers, or all.
customer-scope-unknown = The ERP does not have one of these customers. Choose from the list.
customer-last = Last activity
customer-last-none = Not applicable
customer-last-reset = Reset triggered
customer-last-pending = Pending first sign-in
customer-last-never = Never
customer-created = Created
customer-locked-until = Locked until
customer-state-active = Active
customer-state-pending = Pending user reset
customer-state-inactive = Inactive
customers-active = Active
customers-inactive = Inactive
customers-filter-text = Name, e-mail or customer of the ERP
customers-shown = { $n ->
    [one] 1 customer
   *[other] { $n } customers
}
customers-changed = { $n ->
    [one] 1 customer changed
   *[other] { $n } customers changed
}
customers-none = No customer fits
customers-none-help = Show inactive ones too, or search for something else.
customers-none-yet = No customers yet
customers-none-yet-help = Create the first one. They get a mail with a temporary password.
customers-show-all = Show all
customer-create = Create a customer
customer-edit = Edit
customer-edit-of = Edit { $name }
customer-save = Save
customer-no-name = Enter a name.
customer-find = Search the list
customer-find-act = Search
customer-erp-away = The ERP does not answer now. What is chosen stays; others can be added once it is back.
customer-gone = not in the ERP
customer-more = { $n ->
    [one] 1 more. Search to see it.
   *[other] { $n } more. Search to see them.
}
customer-chosen = { $n } chosen
customer-mail-welcome = Mail a welcome with a temporary password. Otherwise it is shown here once.
customer-password = Password
customer-password-help = A temporary password works once. The customer is signed out everywhere and chooses their own at the next sign-in.
customer-mail-password = Reset and mail it
customer-show-password = Reset and show it
customer-own-password = Or set one by hand
customer-set-password = Set this password
customer-access = Access
customer-access-help = A deactivated customer is signed out everywhere at once and cannot sign in. Nothing is deleted.
customer-deactivate = Deactivate
customer-reactivate = Reactivate
customer-said-created = { $name } was created
customer-said-saved = { $name } was saved
customer-said-unchanged = { $name } was not changed
customer-said-deactivate = { $name } was deactivated and signed out
customer-said-reactivate = { $name } was reactivated
customer-given = { $name } has a new password
customer-given-help = Tell the customer this password. It is shown only once and works once, until { $until }.
customer-given-mailed = A mail with a temporary password is on its way to { $email }.
customer-given-typed = Tell the customer the password that you typed. It works once, until { $until }.
customer-given-name = The customer signs in with { $email }.
customer-given-on = Open the customer

# What was done
customer-action = Action
customer-by = By
customer-details = Details
customer-from = From
customer-system = System
customer-no-trail = Nothing yet
action-CUSTOMER_LOGIN = Customer signed in
action-CUSTOMER_LOGOUT = Customer signed out
action-CUSTOMER_CREATE = Customer created
action-CUSTOMER_UPDATE = Customer changed
action-CUSTOMER_DEACTIVATE = Customer deactivated
action-CUSTOMER_REACTIVATE = Customer reactivated
action-CUSTOMER_PW_SET_BY_ADMIN = Password of a customer set
action-ADMIN_PW_RESET_EMAIL = New password mailed to a customer
action-CUSTOMER_SESSION_KICK = Session of a customer ended
action-SYSTEM_SETTING_CHANGE = Sign-out of idle customers switched
action-portal_imported = Earlier portal imported
entity-customer = customer

# How the portal is used
usage-active = Active customers
usage-sign-ins = Sign-ins, last 7 days
usage-people = Customers who signed in, last 7 days
usage-sessions = Signed in now
usage-exports = Exports, last 7 days
usage-by-day = Sign-ins per day
usage-by-hour = Sign-ins by hour, last 14 days
usage-day = Day
usage-count = Sign-ins
usage-last = Last one
usage-most-active = Most active customers
usage-recent = Recent sign-ins
usage-recent-exports = Recent exports
usage-nothing = Nothing yet
usage-zone = Days and times are those of { $zone }. Figures are counted when this page is opened.
panel-sessions = Sessions
panel-trail = Who did what, and when
panel-stock = Whether the ERP answers, and what was wrong last
panel-usage = { $n } sign-ins in the last 7 days
panel-customers = { $n ->
    [one] 1 active account
   *[other] { $n } active accounts
}
panel-signed-in = { $n ->
    [one] 1 signed in now
   *[other] { $n } signed in now
}

# Many at once from a file
import-kind-customers = Customers of the portal
import-kind-customers-help = Each row is invited by mail. Several customers of the ERP stand in one cell with | between them; All is everything. Columns:
import-column-email = E-mail
import-column-first-name = First name, or the whole name
import-column-last-name = Last name
import-column-customers = Customers of the ERP
import-undone-customers = Customers deactivated
import-fault-erp_away = The ERP did not answer for 15 minutes, so the rest was not imported. Import the same file again when it answers; who was invited already is left out.
kept-portal-stock_scope = Whose stock this customer sees
kept-portal-stock_views = Saved views of the stock
kept-portal-stock_watches = Notices about stock that were asked for
customer-invite = Invite from a file
customer-view-as = See their stock

# Jobs
job-stock_mails = Send mails about stock
job-erp_parties = Read the customers of the ERP
