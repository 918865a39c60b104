# Signing in
sign-in-help = Forgot your password? An admin can set a new one.
user-name = User name or e-mail
password = Password
leave-empty = Leave this empty
sign-in-both = Enter your user name and your password.
sign-in-wrong = Wrong name or password. { $failures } wrong tries lock the account for { $minutes } minutes. An admin can unlock it.
sign-in-stale = This page was open for too long. Sign in again.

# Accounts
stat-users = Accounts
report-account-removed = Account deleted
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
action-user_updated = Account changed
action-password_reset_request = Link for a new password asked for
action-password_reset_complete = New password set by link
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
