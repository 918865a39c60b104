-- Files that people take out: made by a job, kept in parts for a day. Times are UTC microseconds.

create table exports (
    id text primary key,
    what text not null,
    -- What was chosen, as JSON: type, status, days.
    filter text not null,
    zone text not null,
    -- How many children a full parent holds: what a bill is expected to weigh.
    full_children integer not null,
    account_id integer,
    file_name text not null,
    state text not null check (state in ('waiting', 'making', 'ready', 'failed', 'cancelled')),
    rows_done integer not null,
    rows_total integer not null,
    bytes integer not null,
    tries integer not null,
    created_at integer not null,
    ended_at integer
) strict, without rowid;
create index exports_by_age on exports (created_at, id);

create table export_parts (
    export_id text not null references exports (id) on delete cascade,
    place integer not null,
    content blob not null,
    primary key (export_id, place)
) strict;
