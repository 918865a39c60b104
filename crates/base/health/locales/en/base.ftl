# Mails about alerts
alert-subject-raised = Attention: { $what }
alert-subject-cleared = Over: { $what }
alert-subject-tried = A test of alerts from { $site }
alert-tried = Somebody asked for this test of alerts. Nothing is wrong.
alert-since = Since { $at }
alert-until = It was over at { $at }
alert-node = On { $node }
alert-open = Open the list of alerts
# What an alert says, by its kind
alert-pool = { $value }% of the database connections are in use (limit { $limit }%)
alert-errors = { $value } requests failed within a minute (limit { $limit })
alert-sign_ins = { $value } sign-ins failed within a minute (limit { $limit })
alert-disk = The disk is { $value }% full (limit { $limit }%)
alert-backup_unproved = No backup has passed a trial restore for { $value } hours, or the last trial failed
alert-backup_old = The newest backup is { $value } hours older than it should be
alert-clock = The clock is off by { $value } ms, or it jumped
alert-seal_lag = Audit entries have waited { $value } seconds for their checkpoint
alert-mails = A mail has waited { $value } minutes to be sent
alert-away = { $subject } has not answered for { $value } seconds
