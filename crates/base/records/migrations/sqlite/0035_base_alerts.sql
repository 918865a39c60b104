-- What called for somebody, and what is told of it to another system. Times are UTC microseconds.

-- One row for each time that something began; `node` is empty for what is the same on every node.
create table alerts (
    id integer primary key autoincrement,
    kind text not null,
    subject text not null,
    node text not null,
    value integer not null,
    raise_at integer not null,
    raised_at integer not null,
    seen_at integer not null,
    cleared_at integer
) strict;
create unique index alerts_open on alerts (kind, subject, node) where cleared_at is null;
create index alerts_by_end on alerts (cleared_at) where cleared_at is not null;

-- Calls of the webhook that wait, and what became of those that were made.
create table alert_calls (
    id integer primary key autoincrement,
    at integer not null,
    event text not null,
    body text not null,
    state text not null check (state in ('waiting', 'sent', 'failed')),
    tries integer not null,
    next_try_at integer not null,
    lease_until integer,
    lease_by text,
    last_error text
) strict;
create index alert_calls_by_turn on alert_calls (state, next_try_at, id);
