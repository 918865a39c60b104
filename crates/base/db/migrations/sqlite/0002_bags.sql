-- Bags, links, bills and scans. Times are UTC microseconds; codes are trimmed and upper case.

create table bags (
    code text primary key,
    kind text not null check (kind in ('parent', 'child')),
    area text,
    children integer not null check (children >= 0),
    status text not null check (status in ('pending', 'in_progress', 'completed')),
    closed_at integer,
    closed_by integer,
    created_at integer not null,
    created_by integer,
    updated_at integer not null,
    import_id text
) strict, without rowid;
create index bags_by_age on bags (kind, created_at, code);
create index bags_by_area on bags (area, kind, created_at, code);

-- The child is the key: it is in one parent or in none.
create table links (
    child text primary key references bags (code),
    parent text not null references bags (code),
    linked_at integer not null,
    linked_by integer,
    scan_id text,
    import_id text
) strict, without rowid;
create index links_by_parent on links (parent, linked_at);

create table bills (
    id integer primary key,
    bill text not null,
    bill_folded text not null unique,
    description text,
    capacity integer not null,
    status text not null check (status in ('new', 'processing', 'completed')),
    created_at integer not null,
    created_by integer,
    updated_at integer not null
) strict;

-- The parent is the key: it is on one bill or on none.
create table bill_parents (
    parent text primary key references bags (code),
    bill_id integer not null references bills (id),
    linked_at integer not null,
    linked_by integer
) strict, without rowid;
create index bill_parents_by_bill on bill_parents (bill_id);

-- Every scan that was answered, refused ones too, with the answer as it was given. Kept when bags go.
create table scans (
    seq integer primary key,
    scan_id text not null unique,
    fingerprint integer not null,
    at integer not null,
    client_at integer not null,
    account_id integer,
    area text,
    station text,
    action text not null,
    code text not null,
    parent text,
    outcome text not null,
    answer text not null,
    undone_at integer,
    undone_by integer
) strict;
create index scans_by_time on scans (at);
create index scans_by_code on scans (code, seq);
create index scans_by_parent on scans (parent, seq) where parent is not null;
create index scans_by_account on scans (account_id, seq);

-- What a person was doing, whatever session he does it in.
create table workplaces (
    account_id integer primary key references accounts (id) on delete cascade,
    parent text,
    station text,
    scanned_at integer not null
) strict;

create table imports (
    id text primary key,
    file_name text not null,
    account_id integer,
    pass integer not null,
    rows_done integer not null,
    created integer not null,
    linked integer not null,
    known integer not null,
    refused integer not null,
    started_at integer not null,
    finished_at integer
) strict, without rowid;

create table import_refusals (
    import_id text not null references imports (id) on delete cascade,
    row_number integer not null,
    code text not null,
    outcome text not null,
    message text not null,
    primary key (import_id, row_number)
) strict, without rowid;
