-- What removals took away, for the hour in which they can be undone. Times are UTC microseconds. `removal` is the id of
-- the scan that removed it; place 0 is the bag that was named.

create table removed_bags (
    removal text collate "C" not null,
    place bigint not null,
    removed_at bigint not null,
    code text collate "C" not null,
    kind text collate "C" not null,
    name text collate "C",
    area text collate "C",
    children bigint not null,
    status text collate "C" not null,
    closed_at bigint,
    closed_by bigint,
    created_at bigint not null,
    created_by bigint,
    import_id text collate "C",
    legacy text collate "C",
    parent text collate "C",
    linked_at bigint,
    linked_by bigint,
    link_scan_id text collate "C",
    link_import_id text collate "C",
    primary key (removal, place)
);
create index removed_bags_by_time on removed_bags (removed_at);

create table removed_bills (
    removal text collate "C" primary key,
    removed_at bigint not null,
    key text collate "C" not null,
    bill text collate "C" not null,
    description text collate "C" not null,
    capacity bigint not null,
    status text collate "C" not null,
    created_at bigint not null,
    created_by bigint,
    completed_at bigint,
    completed_by bigint,
    edited_at bigint,
    import_id text collate "C"
);
create index removed_bills_by_time on removed_bills (removed_at);

create table removed_bill_parents (
    removal text collate "C" not null,
    place bigint not null,
    removed_at bigint not null,
    parent text collate "C" not null,
    linked_at bigint not null,
    linked_by bigint,
    scan_id text collate "C",
    import_id text collate "C",
    primary key (removal, place)
);
create index removed_bill_parents_by_time on removed_bill_parents (removed_at);
