-- Files that people take out: made by a job, kept in parts for a day. Times are UTC microseconds.

create table exports (
    id text collate "C" primary key,
    what text collate "C" not null,
    -- What was chosen, as JSON: type, status, days.
    filter text collate "C" not null,
    zone text collate "C" not null,
    -- How many children a full parent holds: what a bill is expected to weigh.
    full_children bigint not null,
    account_id bigint,
    file_name text collate "C" not null,
    state text collate "C" not null check (state in ('waiting', 'making', 'ready', 'failed', 'cancelled')),
    rows_done bigint not null,
    rows_total bigint not null,
    bytes bigint not null,
    tries bigint not null,
    created_at bigint not null,
    ended_at bigint
);
create index exports_by_age on exports (created_at, id);

create table export_parts (
    export_id text collate "C" not null references exports (id) on delete cascade,
    place bigint not null,
    content bytea not null,
    primary key (export_id, place)
);
