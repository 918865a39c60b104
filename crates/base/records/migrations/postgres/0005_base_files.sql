-- Files that come in and go out. Imports are tried first, carried on by any node, and can be undone; exports are made by a
-- job and kept for a day. Times are UTC microseconds.

-- `stored`: the file is in `import_files`, so that any node can go on. `mapping`, `outcomes`, `checked` and `taken_back`
-- are JSON. `round` counts the walks through the file.
create table imports (
    id text collate "C" primary key,
    kind text collate "C" not null,
    state text collate "C" not null,
    mode text collate "C" not null,
    file_name text collate "C" not null,
    file_bytes bigint not null,
    stored bigint not null,
    mapping text collate "C" not null,
    sheet bigint,
    round bigint not null,
    rows_done bigint not null,
    rows_total bigint not null,
    work_done bigint not null default 0,
    work_total bigint not null default 0,
    created bigint not null,
    linked bigint not null,
    known bigint not null,
    refused bigint not null,
    outcomes text collate "C" not null default '{}',
    checked text collate "C",
    taken_back text collate "C",
    fault text collate "C",
    account_id bigint,
    -- Who started it, or had it undone, last.
    acting_id bigint,
    area text collate "C",
    address text collate "C" not null,
    agent text collate "C" not null,
    request_id text collate "C" not null,
    lease_by text collate "C",
    lease_until bigint,
    started_at bigint not null,
    updated_at bigint not null,
    finished_at bigint
);
create index imports_by_age on imports (started_at, id);
create index imports_by_state on imports (state, started_at, id);

-- Rows that were refused: in the dry run (`check`), in the run (`run`); and what undoing had to keep (`back`).
create table import_rows (
    import_id text collate "C" not null references imports (id) on delete cascade,
    phase text collate "C" not null check (phase in ('check', 'run', 'back')),
    row_number bigint not null,
    code text collate "C" not null,
    outcome text collate "C" not null,
    message text collate "C" not null,
    cells text collate "C" not null,
    primary key (import_id, phase, row_number)
);

-- How things that were there before an import were, where it changed more than their counts. `what` is their kind.
create table import_changes (
    import_id text collate "C" not null references imports (id) on delete cascade,
    what text collate "C" not null,
    name text collate "C" not null,
    was text collate "C" not null,
    primary key (import_id, what, name)
);

-- Files in parts of at most 1 MB, deleted 30 days after they came.
create table import_files (
    import_id text collate "C" not null,
    part bigint not null,
    at bigint not null,
    content bytea not null,
    primary key (import_id, part)
);
create index import_files_by_age on import_files (at);

-- Which column was which the last time, by the headings.
create table import_mappings (
    account_id bigint not null references accounts (id) on delete cascade,
    kind text collate "C" not null,
    mapping text collate "C" not null,
    primary key (account_id, kind)
);

create table exports (
    id text collate "C" primary key,
    what text collate "C" not null,
    -- What was chosen, as JSON.
    filter text collate "C" not null,
    zone text collate "C" not null,
    -- What the site had set when the file was asked for, as JSON.
    settings text collate "C" not null,
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
