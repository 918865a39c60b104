-- Bags and which child is in which parent. Times are UTC microseconds; codes are trimmed and upper case.

create table bags (
    code text collate "C" primary key,
    kind text collate "C" not null check (kind in ('parent', 'child')),
    name text collate "C",
    area text collate "C",
    children bigint not null check (children >= 0),
    -- 1 for a child in a parent and for a parent on a bill: what lists ask for most.
    placed bigint not null default 0 check (placed in (0, 1)),
    status text collate "C" not null check (status in ('pending', 'in_progress', 'completed')),
    closed_at bigint,
    closed_by bigint,
    created_at bigint not null,
    created_by bigint,
    updated_at bigint not null,
    import_id text collate "C",
    -- Why a bag of an earlier system is kept though no rule of today would let it in.
    legacy text collate "C"
);
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
    child text collate "C" primary key references bags (code),
    parent text collate "C" not null,
    linked_at bigint not null,
    linked_by bigint,
    scan_id text collate "C",
    import_id text collate "C"
);
create index links_by_parent on links (parent, linked_at);
create index links_by_import on links (import_id, child) where import_id is not null;
