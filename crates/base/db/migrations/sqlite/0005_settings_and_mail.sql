-- Stored settings, jobs that nodes take by lease, and mails that wait to be sent. Times are UTC microseconds.

create table settings (
    name text primary key,
    value text not null,
    updated_at integer not null,
    updated_by integer
) strict, without rowid;

-- Who holds the lease runs the job. `tries` counts the claims since the last success.
create table jobs (
    name text primary key,
    next_run_at integer not null,
    lease_until integer,
    lease_by text,
    tries integer not null default 0,
    last_run_at integer,
    last_outcome text
) strict, without rowid;

-- One row for each recipient. What was sent keeps its head only: texts and attachments go with the sending.
create table mails (
    id integer primary key autoincrement,
    at integer not null,
    kind text not null,
    recipient text not null,
    subject text not null,
    body_text text not null,
    body_html text not null,
    is_private integer not null,
    state text not null check (state in ('waiting', 'sent', 'failed')),
    tries integer not null,
    next_try_at integer not null,
    lease_until integer,
    lease_by text,
    last_error text,
    sent_at integer
) strict;
create index mails_by_turn on mails (state, next_try_at, id);

create table mail_attachments (
    mail_id integer not null references mails (id) on delete cascade,
    place integer not null,
    name text not null,
    media_type text not null,
    content blob not null,
    primary key (mail_id, place)
) strict;
