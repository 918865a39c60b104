# Signing in
sign-in-help = Forgot your password? An admin can set a new one.
portal-sign-in-help = Forgot your password? Ask whoever gave you this account for a new one.
user-name = User name or e-mail
password = Password
leave-empty = Leave this empty
sign-in-new = New here?
sign-in-both = Enter your user name and your password.
sign-in-wrong = Wrong name or password. { $failures } wrong tries lock the account for { $minutes } minutes. An admin can unlock it.
sign-in-stale = This page was open for too long. Sign in again.

# Accounts
stat-users = Accounts
report-role = Role
report-active = Active
report-inactive = Inactive
report-last-sign-in-line = Last sign-in { $time }
report-last-sign-in = Last sign-in

# Actions
action-login_success = Signed in
action-login_failed = Sign-in failed
action-login_locked = Account locked
action-logout = Signed out
action-password_change = Password changed
action-token_created = Access token created
action-token_revoked = Access token revoked
action-tokens_revoked = All access tokens of a person revoked
action-registration_refused = Registration with a known e-mail refused
action-unlock_account = Account unlocked
action-person_data_export = Data of a person exported
action-user_created = Account created
action-login_honeypot = Sign-in by a program refused
action-rate_limit_exceeded = Too many sign-in tries
action-login_pending_2fa = Password accepted, second factor asked for
action-2fa_verify_failed = Second factor refused
action-registration_failed = Registration failed
action-role_change = Role changed
action-user_deleted = Account deleted

# Actions of the earlier system
action-2fa_enabled = Second factor switched on
action-2fa_disabled = Second factor switched off
action-2fa_verify_success = Second factor accepted
action-delete_user = Account deleted
action-delete_user_attempt = Account deletion tried
action-delete_user_failed = Account not deleted
action-delete_user_disabled = Account switched off instead of deleted
action-comprehensive_data_delete_attempt = Deletion of all data tried
action-comprehensive_data_delete_success = All data deleted
action-comprehensive_data_delete_failed = Deletion of all data failed

action-work_handed_over = Work handed over
action-user_updated = Account changed
action-password_temporary = Temporary password given
action-password_reset_request = Link for a new password sent
action-password_reset_complete = Password set by a link
action-password_reset_void = Link for a new password withdrawn
action-promotion_asked = Asked to become an admin
action-promotion_approved = Became an admin by request
action-promotion_rejected = Request to become an admin rejected

# Users
nav-users = Users
user-create = Create a user
users-filter-text = Name or e-mail
users-none = No user fits
users-none-help = Change the filters, or clear them to see all users.
users-shown = { $n ->
    [one] 1 user
   *[other] { $n } users
}
users-unlocked = { $n ->
    [0] None of them was locked.
    [one] { $n } account unlocked.
   *[other] { $n } accounts unlocked.
}
user-role = Role
user-roles = Roles
user-name-of = Name
user-name-only = User name
user-name-help = 3 to 64 characters: A-Z a-z 0-9 _ . - It cannot be changed later.
user-display-name = Display name
user-display-name-help = What pages call the person. Leave it empty to show the user name.
user-email = E-mail
user-no-email = None
user-area = Area (dispatchers only)
user-second-factor = Second factor
user-created = Created
user-signed-in = Last sign-in
user-sign-ins = All sign-ins, with address and time
user-never = Never
user-directory = Password
user-directory-yes = That of the directory.
user-out-disabled = The account is disabled there.
user-out-expired = The account has expired there.
user-out-locked = The account is locked there.
user-out-removed = The account is no longer there.
user-out-group = The person is in none of the groups any more.
user-failures = Failed sign-ins since then
user-locked-until = Locked until
user-temporary-until = Temporary password works until
user-link-until = Link for a new password works until
user-state-active = Active
user-state-inactive = Inactive
user-state-locked = Locked
user-state-must_change = Must choose a password
user-state-no_second_factor = No second factor
user-edit = Edit
user-edit-of = Edit { $name }
user-save = Save
user-meanwhile = Someone else changed this account while you were editing. Their values are below. Save again to overwrite them with yours.
user-acts = Actions
user-activate = Activate
user-deactivate = Deactivate
user-unlock = Unlock
user-give-password = Show a temporary password
user-mail-password = Mail a temporary password
user-mail-welcome = Mail the temporary password instead of showing it
user-send-link = Mail a link for a new password
user-void-link = Withdraw the link
user-is-own = This is your own account.
user-kept = What is kept of this person
user-work = What this person scanned, by day
user-export-data = Export this data
user-delete = Delete
user-delete-of = Delete { $name }
user-delete-help = The account is emptied and signed out everywhere. What this person made stays: under “removed person”, or handed over to someone else. Requests, notices, mails to them and what they chose for themselves go. This cannot be undone.
user-hand-over = Hand over to
user-hand-over-help = The user name of the person who takes over open work. Leave it empty to leave everything as it is.
user-mask = Also mask names in the audit trail
user-mask-help = Names, e-mail and addresses in the entries about this person are masked. The entries stay.
user-delete-type = Type { $name } to confirm
user-changes = Changes of this account
user-did = What this person did last
user-nothing = Nothing yet.
user-action = Action
user-subject = What
user-from = From
user-given = Temporary password for { $name }
user-given-help = Tell the person this password. It is shown only now, and works once, until { $until }. They choose their own when they sign in.
user-given-mailed = The temporary password was mailed to { $email }.
user-given-name = User name: { $name }
user-given-on = Open the account
user-said-created = { $name } was created.
user-said-saved = The account of { $name } was changed.
user-said-unchanged = Nothing was different.
user-said-activate = { $name } can sign in.
user-said-deactivate = { $name } was deactivated and signed out.
user-said-unlock = { $name } was unlocked.
user-said-send-link = A link for a new password will be mailed to { $name }.
user-said-void-link = The link for { $name } works no longer.
user-said-deleted = The person was removed.
role-help-admin = Everything
role-help-biller = All areas: bills, corrections, reports
role-help-dispatcher = Scans in one area
role-help-organiser = Passes of their events
role-help-steward = The gate of their events
role-help-service = Customers of the portal: their accounts, sessions and trail
kept-people-account = Account
kept-people-sessions = Sessions
kept-people-tokens = Access tokens
kept-people-passkeys = Passkeys
kept-people-requests = Requests for a higher role
kept-people-notices = Notices
kept-people-preferences = Columns and views of lists
kept-people-mails = Mails to this person
kept-people-trail = Entries in the audit trail

# What is refused
problem-bad_name = A user name has 3 to 64 characters: A-Z a-z 0-9 _ . -
problem-name_taken = This user name or e-mail is taken. Choose another one.
problem-email_taken = This e-mail is taken. Choose another one.
problem-bad_display_name = A display name has 1 to 64 characters and does not begin with ~.
problem-bad_email = Not a valid e-mail. Write it like name@example.com.
problem-no_role = Choose at least one role.
problem-no_area = A dispatcher needs an area. Choose one.
problem-unknown_area = There is no such area. Choose one from the list.
problem-area_full = This area has 10 dispatchers already. Choose another area, or move someone first.
problem-yourself = You cannot change your own roles, area or status, or delete yourself. Ask another admin.
problem-last_admin = This is the last active admin. Make someone else an admin first.
problem-unfinished = This person has unfinished work that needs the role. Complete it or hand it over first.
problem-changed_meanwhile = Someone else changed this account. Look at it again, then repeat your change.
problem-not_confirmed = The name you typed is not this person's user name. Nothing was deleted.
problem-bad_heir = There is no such active person. Enter the user name of someone who takes over.
problem-no_mail = No mail can be sent. It needs mail, a public address of the site, and an active person with an e-mail.
problem-bad_link = This link was used, replaced, or is too old. Ask for a new one.
problem-wrong_password = This is not your present password.
problem-same_password = Choose another password than the one you have now.
problem-admin_already = You are an admin already.
problem-asked_already = Your request is waiting already. An admin decides it.
problem-no_reason = Write 1 to 1,000 characters that say why.
problem-decided_already = This request was decided already.
problem-no_registration = You cannot register here. Ask an admin for an account.
problem-of_directory = This account belongs to the directory: names, roles and the password are changed there.
password-help = At least 8 characters. Several words are best; capitals and digits are not needed.
password-strength = Strength
password-length = A password has { $min } to 128 characters.
password-control = A password has no control characters, such as tabs.
password-common = This password is among the first that anyone would guess. Choose another one.
password-own = Easy to guess: it is made of a name, an area or the name of this program. Add something else.
password-word = Easy to guess: single words are tried first. Add more words.
password-sequence = Easy to guess: sequences such as 1234 are tried first. Add words.
password-keys = Easy to guess: neighbouring keys are tried first. Add words.
password-repeat = Easy to guess: repeating adds nothing. Add words.
password-year = Easy to guess: years are tried first. Add words.
password-short = Easy to guess. Make it longer.

# One's own account
nav-profile = Profile
profile-own = My account
profile-password = Password
profile-promotion = Become an admin
profile-notices = Notices
profile-present = Present password
profile-present-help = Only needed to change your e-mail.
profile-display-name-help = What pages call you. Leave it empty to show your user name.
profile-language = Language
profile-colours = Colours
profile-activity = What you did last
profile-data = Download everything kept about you
profile-new = New password
profile-again = New password again
profile-revoke-tokens = Revoke my access tokens, too
profile-password-help = You stay signed in here. Everywhere else you are signed out.
profile-password-set = Set the password
profile-must-change = Your password was given to you. Choose your own to go on.
profile-said-saved = Your account was changed.
profile-said-password = Your password was changed. You were signed out everywhere else.
password-differs = The two passwords differ. Type them again.

# Before signing in
register = Create an account
register-name-help = 3 to 64 characters: A-Z a-z 0-9 _ . -
register-button = Create the account
register-done = Your account was created. An admin gives you an area. Until then you can sign in and see your profile.
forgot = Forgot your password?
forgot-help = Enter your e-mail. If it belongs to an account, a mail with a link for a new password goes there.
forgot-button = Send the mail
forgot-done = If this e-mail belongs to an account, a mail is on its way. The link in it works once, for an hour at most.
reset = Set a new password
reset-done = Your password was changed. You were signed out everywhere. Sign in with the new one.

# Requests for a higher role
nav-promotions = Requests
promotion-help = An admin can do everything. Say why you need it. An admin decides, and you get a notice.
promotion-reason = Reason
promotion-ask = Send the request
promotion-pending = Waiting
promotion-approved = Approved
promotion-rejected = Rejected
promotion-asked-at = Asked
promotion-decided = Decided
promotion-words = Words for the person
promotion-words-help = A rejection needs them. The person reads them.
promotion-approve = Approve
promotion-reject = Reject
promotion-said-asked = Your request was sent. You get a notice when it is decided.
promotion-said-approve = The request was approved. The person is an admin now.
promotion-said-reject = The request was rejected.
promotions-none = No request is waiting
promotions-none-help = When somebody asks to become an admin, you decide it here.
promotions-decided = Decided last

need-promotions = { $n ->
    [one] request to become an admin is waiting
   *[other] requests to become an admin are waiting
}
need-areas = { $n ->
    [one] dispatcher has no area
   *[other] dispatchers have no area
}

# Notices
notice-new = New
notice-open = Open
notice-read = Mark as read
notice-promotion-asked = Someone asks to become an admin
notice-promotion-approved = You are an admin now
notice-promotion-rejected = Your request to become an admin was rejected
notice-registered = Someone created an account and needs an area
notices-unread = { $n ->
    [0] No unread notices
    [one] 1 unread notice
   *[other] { $n } unread notices
}
notices-read-all = Mark all as read
notices-show-all = Show all
notices-show-unread = Show unread only
notices-none = No notices
notices-said-read = Marked as read.

# Mails
nav-mail = Mails
mail-none = No mails
mail-none-help = Mails of the last days appear here. Those that could not be sent can be sent again.
mail-closed = Mail is not set up, so nothing is sent. Set it up in the configuration file.
mail-filter = To, or subject
mail-sent-at = Sent on
mails-said-again = { $n ->
    [0] None of them was waiting to be sent again.
    [one] { $n } mail is sent again.
   *[other] { $n } mails are sent again.
}
mail-subject = Subject
mail-recipient = To
mail-kind = Kind
mail-tries = Tries
mail-error = What went wrong
mail-again = Send again
mail-again-of = Send again: { $subject }
mail-said-again = The mail is sent again.
mail-state-failed = Not sent
mail-state-waiting = Waiting
mail-state-sent = Sent
mail-welcome = Welcome
mail-temporary_password = Temporary password
mail-password_reset = Link for a new password
mail-known_email = Registration with a known e-mail
mail-new_place = Sign-in on a new device
mail-second_factor = Second factor changed
mail-account_locked = Account locked
mail-promotion_decided = Request decided
mails-shown = { $n ->
    [one] 1 mail
   *[other] { $n } mails
}
older-mails = Older mails

# Settings
nav-settings = Settings
settings-help = Changes work at once, on all servers within a few seconds, and are noted in the audit trail.
settings-fixed = From the configuration file
settings-fixed-help = These are set where the program is started.
setting-changed = Changed
setting-value = Value
setting-default = Usually { $value }.
setting-limits = Possible:
setting-never = Never
setting-elsewhere = Change it there
setting-wrong = This value is not possible. Look at the limits below.
setting-said-saved = The setting was changed.
setting-said-unchanged = Nothing was different.
setting-sign_in-failures_max = Failed sign-ins before a lock
setting-help-sign_in-failures_max = After so many wrong passwords in a row an account locks.
setting-sign_in-lock_minutes = Length of a lock, in minutes
setting-help-sign_in-lock_minutes = An admin can unlock it before.
setting-sign_in-account_failures_max = Failed sign-ins from anywhere before a lock
setting-help-sign_in-account_failures_max = After so many wrong passwords within an hour the account locks for everybody but its known devices.
setting-sign_in-failures_a_minute = Failed sign-ins a minute
setting-help-sign_in-failures_a_minute = After so many, an address or an account has to wait. A sign-in that works costs nothing.
setting-sign_in-second_factor_for_admins = Admins need a second factor
setting-help-sign_in-second_factor_for_admins = Admins without one are asked to set it up before anything else.
setting-session-absolute_minutes = Longest session, in minutes
setting-help-session-absolute_minutes = After this time people sign in again, whatever they do. It counts for new sessions.
setting-session-idle_minutes = Idle session, in minutes
setting-help-session-idle_minutes = After this time without a request the screen locks until its person types their password.
setting-session-per_account_max = Sessions of one person
setting-help-session-per_account_max = Whoever signs in on one more device loses the oldest session.
setting-retention-mails_days = Mails, in days
setting-help-retention-mails_days = So long the list of mails tells of what was sent. What they said is forgotten once they are sent.
setting-retention-import_files_days = Files of imports, in days
setting-help-retention-import_files_days = The result of an import stays, and it can be undone without its file.
setting-retention-export_files_hours = Files of exports, in hours
setting-help-retention-export_files_hours = So long a large Excel file can be downloaded.
settings-group-sign_in = Signing in
settings-group-session = Sessions
settings-group-retention = How long things are kept
settings-group-people = Accounts and passwords
settings-group-reports = Reports
setting-people-customer_kick = Sign out customers who do nothing
setting-help-people-customer_kick = An idle session of a customer is ended by itself, and the audit trail says so. Switched on, it counts at once.
setting-session-customer_absolute_minutes = Longest session of a customer, in minutes
setting-help-session-customer_absolute_minutes = After this time customers sign in again, whatever they do. It counts for new sessions.
setting-session-customer_idle_minutes = Idle session of a customer, in minutes
setting-help-session-customer_idle_minutes = After this time without a request a customer's session ends.
setting-people-registration = People can create an account themselves
setting-help-people-registration = A new account is a dispatcher without area, who sees nothing until an admin gives them one.
setting-people-password_min = Shortest password, in characters
setting-help-people-password_min = It counts for new passwords. They must not be easy to guess, either.
setting-people-temporary_hours = Temporary password, in hours
setting-help-people-temporary_hours = It works once, and no longer than this.
setting-people-link_minutes = Link for a new password, in minutes
setting-help-people-link_minutes = It works once, and no longer than this.
fixed-directory-servers = Directory for signing in
fixed-server-public_url = Address of the site
fixed-site-areas = Areas
fixed-site-zone = Time zone
fixed-server-upload_max_bytes = Largest upload, in bytes
action-password_refused = Wrong present password

action-recovery_codes_created = New recovery codes
action-passkey_added = Passkey added
action-passkey_renamed = Passkey renamed
action-passkey_removed = Passkey removed
action-passkey_refused = Copied passkey refused
action-session_locked = Screen locked
action-session_resumed = Screen unlocked
action-session_ended = Sessions ended
action-device_created = Device created
action-device_enrolled = Device set up
action-device_revoked = Device revoked

# The second step of signing in
sign-in-ended = Your session has ended. Sign in again: what you were doing is still there.
second-factor = Second factor
second-factor-code = Code of your app
second-factor-code-help = The 6 digits of your authenticator app, or one of your recovery codes.
second-factor-lost = Lost your phone and your recovery codes? An admin can switch the second factor off.
second-factor-other-person = Sign in as somebody else
second-factor-wrong = Wrong code, or one that was used already. Wait for the next one.
second-factor-over = Too many wrong codes. Sign in again.

# A person's own second factor
second-factor-on = The second factor is on
second-factor-is-off = The second factor is off. Your other sessions have ended.
second-factor-turn-on = Switch on
second-factor-turn-off = Switch off the second factor
second-factor-turn-off-help = Afterwards your password alone signs you in. Your passkeys are removed, too, and your other sessions end.
second-factor-turn-off-required = Admins need one: you will be asked to set up a new one at once. Your other sessions end.
second-factor-required = Admins need a second factor. Set it up now; then you can go on.
second-factor-scan = Scan this with an authenticator app
second-factor-scan-help = Scan the picture, then type the code that the app shows.
second-factor-qr = QR code for an authenticator app
second-factor-by-hand = Cannot scan it? Type this into the app:
second-factor-open-app = Open the app on this device
second-factor-no-key = This site cannot keep second factors yet. Whoever runs it must set SESSION_SECRET.
recovery-codes = Recovery codes
recovery-codes-left = { $n ->
    [one] { $n } recovery code is left.
   *[other] { $n } recovery codes are left.
}
recovery-codes-renew = Make new recovery codes
recovery-codes-once = The second factor is on. Write these codes down: they are shown only now.
recovery-codes-help = Each code signs you in once when your phone is lost. Keep them where only you find them.
recovery-codes-kept = I have written them down
own-password = Your password

# Second factors of everybody
nav-second-factors = Second factors
second-factor-with = With a second factor
second-factor-people = People
second-factor-admins-without = Admins without a second factor
second-factor-admins-all = Every admin has one.
second-factor-lost-title = Switch off a lost second factor
second-factor-lost-help = First make sure that it is really this person. All their sessions end.
second-factor-off-for = The second factor of { $name } is off. Their sessions have ended.
second-factor-none-for = { $name } has no second factor.
second-factor-nobody = No account has this user name. Check the spelling.

# Locking the screen, signing out
lock-now = Lock the screen
sign-out-ask = You are signed in as { $name }.

# Sessions
nav-sessions = Sessions
session-device = Device
session-ends = Ends
sessions-end-picked = End the selected sessions
sessions-kick-on = { $n ->
    [one] Customers who do nothing for { $n } minute are signed out.
   *[other] Customers who do nothing for { $n } minutes are signed out.
}
sessions-kick-start = Sign out idle customers
sessions-kick-stop = Stop signing out idle customers
sessions-kick-off = Sessions of customers who do nothing open nothing after a while, but stay in this list until their end.
sessions-none = No sessions
sessions-find = Name, e-mail or address
realm = Who
realm-staff = Staff
realm-customer = Customers
session-person = Person
session-from = Address
session-agent = Browser
session-created = Signed in
session-seen = Last seen
session-actions = Actions
session-this = This one
session-locked = Locked
session-active = Active
session-end = End
session-end-of = End this session of { $name }
session-end-all = End all
session-end-all-of = End all sessions of { $name }
session-gone = This session has already ended.
sessions-ended = { $n ->
    [one] { $n } session ended.
   *[other] { $n } sessions ended.
}
sessions-shown = { $n ->
    [one] { $n } session
   *[other] { $n } sessions
}
sessions-own = Your sessions
sessions-own-help = Where you are signed in. End those that you do not know, then change your password.
sessions-end-others = End all others

# Tokens
tokens = Your access tokens
tokens-help = A token lets a program work in your name. It can do what you choose here, never more than you can.
token-new = New token
token-name = What it is for
token-days = Days until it ends
token-area = Area
token-area-all = All that I see
token-permissions = What it may do
token-everything = Everything that I may do
token-create = Create token
token-made = Copy this token now: it is shown only once.
token-created = Created
token-used = Last used
token-ends = Ends
token-in-use = In use
token-is-revoked = Revoked
token-is-over = Expired
token-revoke = Revoke
token-revoke-of = Revoke { $name }
token-revoked = Token revoked.
token-gone = This token was revoked already.
token-wrong-name = Enter what it is for, in 1 to 64 characters. You can have 50 tokens.
token-wrong-permissions = Choose what it may do.
token-wrong-area = Choose one of your areas.
token-wrong-days = A token lasts 1 to 730 days.

# Devices
nav-devices = Devices
devices-help = A device is a station or a gate with a name of its own. The name stands beside everything that is scanned on it.
device-new = New device
device-name = Name
device-create = Create device
device-scan = Scan this with the device within 15 minutes. It works once.
device-qr = QR code for the device
device-by-hand = Or open this address on the device:
device-enrolled-at = Enrolled
device-seen = Last sign-in
device-enrolled = In use
device-waits = Waiting for its scan
device-not-enrolled = Not enrolled
device-revoked = Revoked
device-renew = New code
device-renew-of = New code for { $name }
device-revoke = Revoke
device-revoke-of = Revoke { $name }
device-revoked-now = Device revoked. The sessions on it have ended.
device-gone = This device was revoked already.
device-wrong-name = Enter a name of 1 to 64 characters that no other device has.
device-enrol = Set up this device
device-enrol-ask = This device becomes { $name }.
device-enrol-now = Set up
device-code-wrong = This code has been used or is too old. Ask an admin for a new one.

# Problems
problem-session_locked = The screen is locked. Type your password to go on.
problem-second_factor_required = Your account needs a second factor first.
problem-not_for_tokens = A token cannot do this. Sign in with a browser.
problem-no_session_secret = This site cannot keep second factors. Whoever runs it must set SESSION_SECRET.

nav-audit = Audit trail
trail-person = Person
trail-action = What was done
trail-thing = Thing
trail-kind = Kind of thing
trail-changes = Changes
trail-address = Address
trail-account = Account
trail-realm = Realm
trail-station = Station
trail-number = Number
trail-days = Days
trail-system = The program itself
trail-text = Text
trail-none = No entries
trail-shown = { $n ->
    [one] { $n } entry
   *[other] { $n } entries
}
trail-file = Download as CSV
trail-proof = Proof
trail-incidents = Incidents
trail-view-changes = Changes
trail-view-sign_ins = Sign-ins
trail-view-failures = Failed sign-ins
trail-view-deletions = Deletions
trail-view-rights = Rights
trail-view-limits = Rate limits
trail-view-customers = Customers
trail-view-everything = Everything with scans
trail-entry = Entry { $n }
trail-agent = Browser
trail-request = Request
trail-field = Field
trail-before = Before
trail-after = After
trail-no-changes = This entry tells of no changed fields, or they were removed after their time.
trail-proved = Signed checkpoint
trail-proved-yes = Yes. Anybody with the public key can check it.
trail-proved-not-yet = Not yet. It takes a few seconds.
trail-proof-file = Download proof
trail-proof-help = All entries are hashed into one tree, and the site signs its root every second. Keep a checkpoint outside this site: with it, a change or a cut of what is older is found.
trail-proof-how = "tallyhouse audit verify" recomputes everything and names the first bad entry. "tallyhouse audit check" checks the proof of one entry with the public key alone.
trail-public-key = Public key
trail-no-key = There is none yet. The server makes it when it starts.
trail-checkpoint = Newest checkpoint
trail-checkpoint-size = { $n ->
    [one] { $n } entry, signed
   *[other] { $n } entries, signed
}
trail-no-checkpoint = There is none yet.
trail-checkpoint-file = Download checkpoint
trail-waiting = Entries not yet under a checkpoint
trail-waiting-many = More than 1,000
trail-by-address = Failed sign-ins by address, last 24 hours
trail-by-account = Failed sign-ins by account, last 24 hours
trail-limits = Refused by a limit or a rule, last 24 hours
trail-deletions = Deletions, last 30 days
trail-rights = Changes of rights and settings, last 7 days
trail-last-hour = Last hour
trail-last-day = 24 hours
trail-newest = Newest
trail-many = More than 5 in an hour
trail-nothing = Nothing.
trail-all-of-these = Show all of these
trail-cut = There is more than can be counted here. The figures are of the newest 2,000 entries.
setting-people-audit_mask = E-mails and addresses in the audit trail
setting-help-people-audit_mask = 0 shows them whole, 1 masks them, 2 masks more. What is stored stays.
setting-retention-audit_rows_days = Audit entries, in days
setting-help-retention-audit_rows_days = After this time entries go. Deletions and changes of rights stay for ever, and the proof stays whole.
setting-retention-audit_values_days = Values before and after in audit entries, in days
setting-help-retention-audit_values_days = After this time an entry tells what was done and no longer the values.
action-audit_retention = Old audit entries removed
action-audit_key_renewed = Key of the audit trail renewed
entity-audit = Audit trail

passkeys = Passkeys
passkeys-help = A passkey signs you in by your finger, your face or the PIN of your device, without a password. It is a second factor as well: with a password, you are asked for it or for a recovery code.
passkeys-none = You have no passkey yet.
passkeys-no-browser = This browser has no passkeys. Open this page in another one.
passkeys-no-site = Passkeys cannot be used at this address. Whoever runs the site can change that.
passkey-name = Name
passkey-name-help = So that you know it again, such as “Work phone”.
passkey-created = Added
passkey-used = Last used
passkey-change = Change
passkey-add = Add a passkey
passkey-rename = Rename
passkey-remove = Remove
passkey-sign-in = Sign in with a passkey
passkey-cancelled = No passkey was used. Try again, or use another way.
passkey-said-added = The passkey is there. Your other sessions have ended.
passkey-said-renamed = The passkey has its new name.
passkey-said-removed = The passkey is removed. Remove it from your device, too.
passkey-gone = This passkey is no longer there.
passkey-wrong = This passkey does not sign in here.
passkey-stale = That took too long, or was asked for by another page. Try again.
passkey-not-verified = Your device did not ask for a finger, a face or a PIN. Set one up on it first.
passkey-unknown-kind = This device makes keys that are not known here. Use another one.
passkey-copied = There is a copy of this passkey, so it is not taken. Sign in another way and remove it.
passkey-bad-name = Give it a name of 1 to 40 characters.
passkey-too-many = You have ten passkeys. Remove one first.
passkey-known = This passkey is in use already.

# Jobs
job-old_passwords = Remove links that have ended
job-idle_customers = Sign out customers who do nothing
job-directory_people = Compare people with the directory
settings-group-alerts = Alerts
setting-alerts-pool_percent = Connections to the database, in percent
setting-help-alerts-pool_percent = From this share in use on, for 20 seconds, somebody is told.
setting-alerts-errors_a_minute = Failed requests a minute
setting-help-alerts-errors_a_minute = When more fail by our fault or because something was away, somebody is told.
setting-alerts-sign_ins_a_minute = Failed sign-ins a minute, of all people
setting-help-alerts-sign_ins_a_minute = When more fail, somebody is told.
setting-alerts-disk_percent = Disk in use, in percent
setting-help-alerts-disk_percent = When a disk of the data is fuller, somebody is told.
