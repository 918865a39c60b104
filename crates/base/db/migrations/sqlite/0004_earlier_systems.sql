-- What came over from earlier systems: second factors, requests for promotion, notifications, and how far each of them
-- was read.

-- Sealed with the site's SESSION_SECRET; whoever has only the database cannot read it.
alter table accounts add column totp_sealed text;
alter table accounts add column two_factor integer not null default 0 check (two_factor in (0, 1));

create table promotions (
    id integer primary key autoincrement,
    account_id integer not null references accounts (id) on delete cascade,
    reason text not null,
    status text not null check (status in ('pending', 'approved', 'rejected')),
    admin_id integer references accounts (id) on delete set null,
    admin_notes text,
    requested_at integer not null,
    processed_at integer
) strict;
-- At most one pending for each person.
create unique index promotions_pending on promotions (account_id) where status = 'pending';
create index promotions_by_age on promotions (status, requested_at, id);

create table notifications (
    id integer primary key autoincrement,
    account_id integer not null references accounts (id) on delete cascade,
    title text not null,
    message text not null,
    type text not null check (type in ('info', 'success', 'warning', 'error')),
    priority integer not null check (priority between 0 and 3),
    is_read integer not null check (is_read in (0, 1)),
    link text,
    created_at integer not null,
    read_at integer
) strict;
create index notifications_by_person on notifications (account_id, is_read, created_at, id);

-- Up to which number the rows of each kind were brought over, by source.
create table earlier_marks (
    source text not null,
    kind text not null,
    up_to integer not null,
    primary key (source, kind)
) strict, without rowid;

-- Whose number there is what here: people by their account, bills by their number.
create table earlier_ids (
    source text not null,
    kind text not null,
    earlier_id integer not null,
    ours text not null,
    primary key (source, kind, earlier_id)
) strict, without rowid;
