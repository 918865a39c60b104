-- Bills by their own number, what lists filter by, what people did by the quarter of an hour, and search.

drop table bill_parents;
drop table bills;

-- `key` is the number in capitals: numbers are one whatever their case. `parents` and `children` are kept with every
-- change of the parents on it.
create table bills (
    key text primary key,
    bill text not null,
    description text not null,
    capacity integer not null check (capacity >= 0),
    status text not null check (status in ('new', 'processing', 'completed')),
    parents integer not null check (parents >= 0),
    children integer not null check (children >= 0),
    created_at integer not null,
    created_by integer,
    completed_at integer,
    completed_by integer,
    updated_at integer not null,
    import_id text
) strict, without rowid;
create index bills_by_age on bills (created_at, key);
create index bills_by_status on bills (status, created_at, key);
create index bills_by_person on bills (created_by, created_at, key);
create index bills_by_import on bills (import_id, key) where import_id is not null;

-- The parent is the key: it is on one bill or on none.
create table bill_parents (
    parent text primary key references bags (code),
    bill text not null references bills (key),
    linked_at integer not null,
    linked_by integer,
    scan_id text,
    import_id text
) strict, without rowid;
create index bill_parents_by_bill on bill_parents (bill, linked_at, parent);
create index bill_parents_by_import on bill_parents (import_id, parent) where import_id is not null;

-- How many parents of an area a bill holds: a dispatcher sees the bills that hold some of his.
create table bill_areas (
    area text not null,
    created_at integer not null,
    bill text not null references bills (key),
    parents integer not null,
    primary key (area, created_at, bill)
) strict, without rowid;
create index bill_areas_by_bill on bill_areas (bill);

-- 1 for a child in a parent and for a parent on a bill: what lists ask for most.
alter table bags add column placed integer not null default 0 check (placed in (0, 1));
alter table bags add column name text;
-- Why a bag of an earlier system is kept though no rule of today would let it in.
alter table bags add column legacy text;
update bags set placed = 1 where code in (select child from links);
drop index bags_by_age;
drop index bags_by_area;
create index bags_by_age on bags (kind, placed, created_at, code);
create index bags_by_area on bags (area, kind, placed, created_at, code);
create index parents_by_status on bags (status, placed, created_at, code) where kind = 'parent';
create index parents_by_area_status on bags (area, status, placed, created_at, code) where kind = 'parent';
create index parents_by_code on bags (code) where kind = 'parent';
create index bags_by_import on bags (import_id, code) where import_id is not null;
create index links_by_import on links (import_id, child) where import_id is not null;

alter table scans add column bill text;
create index scans_by_bill on scans (bill, seq) where bill is not null;
create index scans_by_area on scans (area, seq);

-- What each person scanned in each quarter of an hour.
create table person_scans (
    account_id integer not null,
    quarter integer not null,
    parents integer not null,
    children integer not null,
    bills integer not null,
    others integer not null,
    refused integer not null,
    last_at integer not null,
    primary key (account_id, quarter)
) strict, without rowid;
create index person_scans_by_quarter on person_scans (quarter);

-- Codes by any three signs in a row. New ones wait in `search_pending` until a job takes them over; who searches looks
-- into both.
create table search_pending (
    code text not null,
    what text not null check (what in ('bag', 'bill')),
    primary key (code, what)
) strict, without rowid;
create virtual table code_search using fts5 (code, what unindexed, tokenize = 'trigram', detail = 'none');
insert into search_pending (code, what) select code, 'bag' from bags;
