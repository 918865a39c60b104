-- What removals took away, for the hour in which they can be undone. Times are UTC microseconds. `removal` is the id of
-- the scan that removed it; place 0 is the bag that was named.

create table removed_bags (
    removal text not null,
    place integer not null,
    removed_at integer not null,
    code text not null,
    kind text not null,
    name text,
    area text,
    children integer not null,
    status text not null,
    closed_at integer,
    closed_by integer,
    created_at integer not null,
    created_by integer,
    import_id text,
    legacy text,
    parent text,
    linked_at integer,
    linked_by integer,
    link_scan_id text,
    link_import_id text,
    primary key (removal, place)
) strict, without rowid;
create index removed_bags_by_time on removed_bags (removed_at);

create table removed_bills (
    removal text primary key,
    removed_at integer not null,
    key text not null,
    bill text not null,
    description text not null,
    capacity integer not null,
    status text not null,
    created_at integer not null,
    created_by integer,
    completed_at integer,
    completed_by integer,
    edited_at integer,
    import_id text
) strict, without rowid;
create index removed_bills_by_time on removed_bills (removed_at);

create table removed_bill_parents (
    removal text not null,
    place integer not null,
    removed_at integer not null,
    parent text not null,
    linked_at integer not null,
    linked_by integer,
    scan_id text,
    import_id text,
    primary key (removal, place)
) strict, without rowid;
create index removed_bill_parents_by_time on removed_bill_parents (removed_at);
