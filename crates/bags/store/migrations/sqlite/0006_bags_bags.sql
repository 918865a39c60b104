-- Bags and which child is in which parent. Times are UTC microseconds; codes are trimmed and upper case.

create table bags (
    code text primary key,
    kind text not null check (kind in ('parent', 'child')),
    name text,
    area text,
    children integer not null check (children >= 0),
    -- 1 for a child in a parent and for a parent on a bill: what lists ask for most.
    placed integer not null default 0 check (placed in (0, 1)),
    status text not null check (status in ('pending', 'in_progress', 'completed')),
    closed_at integer,
    closed_by integer,
    created_at integer not null,
    created_by integer,
    updated_at integer not null,
    import_id text,
    -- Why a bag of an earlier system is kept though no rule of today would let it in.
    legacy text
) strict, without rowid;
create index bags_by_age on bags (kind, placed, created_at, code);
create index bags_by_area on bags (area, kind, placed, created_at, code);
create index bags_by_import on bags (import_id, code) where import_id is not null;
create index parents_by_status on bags (status, placed, created_at, code) where kind = 'parent';
create index parents_by_area_status on bags (area, status, placed, created_at, code) where kind = 'parent';
create index parents_by_code on bags (code) where kind = 'parent';
-- Parents of an area by code. Children have no such index: each scan would write to it.
create index parents_by_area_code on bags (area, code) where kind = 'parent';

-- The child is the key: it is in one parent or in none. `parent` is a row of `bags`, kept by the desk and checked by
-- `tallyhouse doctor`: a foreign key would lead from one child's place to another parent's with every scan.
create table links (
    child text primary key references bags (code),
    parent text not null,
    linked_at integer not null,
    linked_by integer,
    scan_id text,
    import_id text
) strict, without rowid;
create index links_by_parent on links (parent, linked_at);
create index links_by_import on links (import_id, child) where import_id is not null;
