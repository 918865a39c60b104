-- Imports of four kinds: tried first, carried on by any node, taken back. Times are UTC microseconds.

-- `stored`: the file is in `import_files`, so that any node can go on. `outcomes`, `checked` and `taken_back` are JSON.
alter table imports add column kind text not null default 'bags';
alter table imports add column state text not null default 'running';
alter table imports add column mode text not null default 'skip_bad';
alter table imports add column stored integer not null default 0;
alter table imports add column file_bytes integer not null default 0;
alter table imports add column mapping text not null default '{}';
alter table imports add column sheet integer;
alter table imports add column rows_total integer not null default 0;
alter table imports add column work_done integer not null default 0;
alter table imports add column work_total integer not null default 0;
alter table imports add column outcomes text not null default '{}';
alter table imports add column checked text;
alter table imports add column taken_back text;
-- Who started it, or had it rolled back, last.
alter table imports add column acting_id integer;
alter table imports add column fault text;
alter table imports add column area text;
alter table imports add column address text not null default '';
alter table imports add column agent text not null default '';
alter table imports add column request_id text not null default '';
alter table imports add column updated_at integer not null default 0;
alter table imports add column lease_by text;
alter table imports add column lease_until integer;
update imports set state = 'done', updated_at = finished_at where finished_at is not null;
create index imports_by_age on imports (started_at, id);
create index imports_by_state on imports (state, started_at, id);

-- Rows that were refused: in the dry run (`check`), in the run (`run`); and what a roll back had to keep (`back`).
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
insert into import_rows (import_id, phase, row_number, code, outcome, message, cells)
    select import_id, 'run', row_number, code, outcome, message, '[]' from import_refusals;
drop table import_refusals;

-- What bags and bills that were there before an import were, where it changed more than their counts.
create table import_changes (
    import_id text not null references imports (id) on delete cascade,
    what text not null check (what in ('bag', 'bill')),
    name text not null,
    was text not null,
    primary key (import_id, what, name)
) strict, without rowid;

-- Files in parts of at most 1 MB. They go 30 days after they came.
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

-- When somebody gave the bill another description or capacity.
alter table bills add column edited_at integer;
