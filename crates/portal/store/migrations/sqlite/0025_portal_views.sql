-- Views that customers have saved, the mails that they asked for, and when the next of them goes. Times are UTC microseconds.

create table portal_views (
    id integer primary key,
    account_id integer not null references accounts (id) on delete cascade,
    name text not null,
    -- The search, filters, order and columns, as JSON.
    view text not null,
    mailing text not null check (mailing in ('off', 'daily', 'weekly')),
    next_at integer,
    created_at integer not null,
    unique (account_id, name)
) strict;
create index portal_views_by_next on portal_views (next_at);

create table portal_watches (
    id integer primary key,
    account_id integer not null references accounts (id) on delete cascade,
    kind text not null check (kind in ('expiry', 'below')),
    -- The part that is looked at; empty for all parts.
    part text not null,
    -- Days before the expiry, or millionths of a unit.
    limit_value integer not null,
    -- What was told of and is so still, one a line, so that nobody is told twice.
    told text not null,
    next_at integer not null,
    created_at integer not null,
    unique (account_id, kind, part)
) strict;
create index portal_watches_by_next on portal_watches (next_at);
