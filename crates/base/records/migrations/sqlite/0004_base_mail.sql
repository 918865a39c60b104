-- Mails that wait to be sent, and what became of those that were. Times are UTC microseconds.

-- One row for each recipient. Of a sent mail only the head is kept: texts and attachments are deleted with the sending.
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
