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

# Somebody wanted to register with the e-mail of an account
known-email-subject = You have an account already
known-email-intro = Somebody tried to register with your e-mail. You have an account already; your user name is { $username }.
known-email-not-you = Nothing was created. If it was not you, ignore this mail. If you forgot your password, ask for a new one.

# A sign-in on a new device
new-place-subject = New sign-in to your account
new-place-intro = You signed in on a new device: { $at }, { $agent }, from { $address }.
new-place-not-you = If it was not you, change your password now and end that session.
new-place-open = See your sessions

# A second factor that was changed
factor-subject = Your second factor was changed
factor-on = A second factor was switched on for your account ({ $at }).
factor-off = The second factor of your account was switched off ({ $at }). Your password is enough to sign in.
factor-off-by-other = An admin switched the second factor of your account off ({ $at }). You were signed out everywhere.
factor-passkey-added = A passkey was added to your account ({ $at }). It signs in without a password.
factor-passkey-removed = A passkey was removed from your account ({ $at }).
factor-codes = New recovery codes were created for your account ({ $at }). The old ones no longer work.
factor-not-you = If you did not expect this, tell an admin at once and change your password.
factor-open = Open your second factor

# An account that wrong passwords have locked
locked-subject = Your account is locked
locked-intro = There were too many wrong passwords for your account. It is locked until { $until }.
locked-not-you = Devices that you signed in on before still work. If it was not you, your password was not guessed. You can set a new one.
