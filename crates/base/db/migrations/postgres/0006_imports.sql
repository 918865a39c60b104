-- Imports of four kinds: tried first, carried on by any node, taken back. Times are UTC microseconds.

-- `stored`: the file is in `import_files`, so that any node can go on. `outcomes`, `checked` and `taken_back` are JSON.
alter table imports add column kind text collate "C" not null default 'bags';
alter table imports add column state text collate "C" not null default 'running';
alter table imports add column mode text collate "C" not null default 'skip_bad';
alter table imports add column stored bigint not null default 0;
alter table imports add column file_bytes bigint not null default 0;
alter table imports add column mapping text collate "C" not null default '{}';
alter table imports add column sheet bigint;
alter table imports add column rows_total bigint not null default 0;
alter table imports add column work_done bigint not null default 0;
alter table imports add column work_total bigint not null default 0;
alter table imports add column outcomes text collate "C" not null default '{}';
alter table imports add column checked text collate "C";
alter table imports add column taken_back text collate "C";
-- Who started it, or had it rolled back, last.
alter table imports add column acting_id bigint;
alter table imports add column fault text collate "C";
alter table imports add column area text collate "C";
alter table imports add column address text collate "C" not null default '';
alter table imports add column agent text collate "C" not null default '';
alter table imports add column request_id text collate "C" not null default '';
alter table imports add column updated_at bigint not null default 0;
alter table imports add column lease_by text collate "C";
alter table imports add column lease_until bigint;
update imports set state = 'done', updated_at = finished_at where finished_at is not null;
create index imports_by_age on imports (started_at, id);
create index imports_by_state on imports (state, started_at, id);

-- Rows that were refused: in the dry run (`check`), in the run (`run`); and what a roll back had to keep (`back`).
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
insert into import_rows (import_id, phase, row_number, code, outcome, message, cells)
    select import_id, 'run', row_number, code, outcome, message, '[]' from import_refusals;
drop table import_refusals;

-- What bags and bills that were there before an import were, where it changed more than their counts.
create table import_changes (
    import_id text collate "C" not null references imports (id) on delete cascade,
    what text collate "C" not null check (what in ('bag', 'bill')),
    name text collate "C" not null,
    was text collate "C" not null,
    primary key (import_id, what, name)
);

-- Files in parts of at most 1 MB. They go 30 days after they came.
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

-- When somebody gave the bill another description or capacity.
alter table bills add column edited_at bigint;
