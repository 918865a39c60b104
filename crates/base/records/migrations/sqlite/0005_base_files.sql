-- Files that come in and go out. Imports are tried first, carried on by any node, and can be undone; exports are made by a
-- job and kept for a day. Times are UTC microseconds.

-- `stored`: the file is in `import_files`, so that any node can go on. `mapping`, `outcomes`, `checked` and `taken_back`
-- are JSON. `round` counts the walks through the file.
create table imports (
    id text primary key,
    kind text not null,
    state text not null,
    mode text not null,
    file_name text not null,
    file_bytes integer not null,
    stored integer not null,
    mapping text not null,
    sheet integer,
    round integer not null,
    rows_done integer not null,
    rows_total integer not null,
    work_done integer not null default 0,
    work_total integer not null default 0,
    created integer not null,
    linked integer not null,
    known integer not null,
    refused integer not null,
    outcomes text not null default '{}',
    checked text,
    taken_back text,
    fault text,
    account_id integer,
    -- Who started it, or had it undone, last.
    acting_id integer,
    area text,
    address text not null,
    agent text not null,
    request_id text not null,
    lease_by text,
    lease_until integer,
    started_at integer not null,
    updated_at integer not null,
    finished_at integer
) strict, without rowid;
create index imports_by_age on imports (started_at, id);
create index imports_by_state on imports (state, started_at, id);

-- Rows that were refused: in the dry run (`check`), in the run (`run`); and what undoing had to keep (`back`).
create table import_rows (
    import_id text not null references imports (id) on delete cascade,
    phase text not null check (phase in ('check', 'run', 'back')),
    row_number integer not null,
    code text not null,
    outcome text not null,
    message text not null,
    cells text not null,
    primary key (import_id, phase, row_number)
) strict, without rowid;

-- How things that were there before an import were, where it changed more than their counts. `what` is their kind.
create table import_changes (
    import_id text not null references imports (id) on delete cascade,
    what text not null,
    name text not null,
    was text not null,
    primary key (import_id, what, name)
) strict, without rowid;

-- Files in parts of at most 1 MB, deleted 30 days after they came.
create table import_files (
    import_id text not null,
    part integer not null,
    at integer not null,
    content blob not null,
    primary key (import_id, part)
) strict;
create index import_files_by_age on import_files (at);

-- Which column was which the last time, by the headings.
create table import_mappings (
    account_id integer not null references accounts (id) on delete cascade,
    kind text not null,
    mapping text not null,
    primary key (account_id, kind)
) strict, without rowid;

create table exports (
    id text primary key,
    what text not null,
    -- What was chosen, as JSON.
    filter text not null,
    zone text not null,
    -- What the site had set when the file was asked for, as JSON.
    settings text not null,
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
