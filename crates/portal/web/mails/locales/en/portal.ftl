customer-hello = Hello { $name },
customer-welcome-subject = Welcome to { $site }
customer-welcome-intro = An account at { $site } was created for you. This is your temporary password. It works once, until { $until }. You choose your own right after you sign in.
customer-reset-subject = Your password for { $site } was reset
customer-reset-intro = Your password for { $site } was reset by our staff, and you were signed out everywhere. This is your temporary password. It works once, until { $until }. You choose your own right after you sign in.
customer-sign-in = Sign in
customer-name = You sign in with { $email }.
