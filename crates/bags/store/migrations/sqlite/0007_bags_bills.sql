-- Bills and the parents on them. Times are UTC microseconds.

-- `key` is the number in capitals: numbers are one whatever their case. `parents` and `children` are kept with every
-- change of the parents on it. `edited_at`: when somebody gave the bill another description or capacity.
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
    edited_at integer,
    updated_at integer not null,
    import_id text
) strict, without rowid;
create index bills_by_age on bills (created_at, key);
create index bills_by_status on bills (status, created_at, key);
create index bills_by_person on bills (created_by, created_at, key);
create index bills_by_import on bills (import_id, key) where import_id is not null;
-- Sums over the bills of some days read the one, sums over a long range or over one person's bills the other; neither
-- reads a bill itself. The bills of one person in one status are walked by the latter.
create index bills_of_days on bills (created_at, created_by, status, capacity, parents, children);
create index bills_by_person_status on bills (created_by, status, created_at, key, capacity, parents, children);

-- The parent is the key: it is on one bill or on none. `parent` is a row of `bags` and `bill` one of `bills`, kept by the
-- desk and checked by `tallyhouse doctor`.
create table bill_parents (
    parent text primary key,
    bill text not null,
    linked_at integer not null,
    linked_by integer,
    scan_id text,
    import_id text
) strict, without rowid;
create index bill_parents_by_bill on bill_parents (bill, linked_at, parent);
create index bill_parents_by_import on bill_parents (import_id, parent) where import_id is not null;

-- How many parents of an area a bill holds: a dispatcher sees the bills that hold some of their area.
create table bill_areas (
    area text not null,
    created_at integer not null,
    bill text not null references bills (key),
    parents integer not null,
    primary key (area, created_at, bill)
) strict, without rowid;
create index bill_areas_by_bill on bill_areas (bill);
