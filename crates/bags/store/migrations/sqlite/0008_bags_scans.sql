-- Scans, where people stand with theirs, and what is counted of them. Times are UTC microseconds.

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
    bill text,
    outcome text not null,
    answer text not null,
    undone_at integer,
    undone_by integer
) strict;
create index scans_by_time on scans (at);
create index scans_by_code on scans (code, seq);
create index scans_by_parent on scans (parent, seq) where parent is not null;
create index scans_by_bill on scans (bill, seq) where bill is not null;
create index scans_by_account on scans (account_id, seq);
create index scans_by_area on scans (area, seq);

-- What was changed about one thing. Scans that went as they should are left out: the history of scans tells them, and
-- they are most of the trail.
create index audit_of_changes on audit (entity_type, entity, seq)
    where action not in ('link_created', 'parent_selected', 'scan_refused');

-- What a person was doing, in whatever session.
create table workplaces (
    account_id integer primary key references accounts (id) on delete cascade,
    parent text,
    station text,
    scanned_at integer not null
) strict;

-- Totals (quarter = 0) and scans per quarter of an hour. Nodes write to different shards and so never wait for each
-- other; a figure is the sum over shards. No area is the empty text.
create table counters (
    name text not null,
    area text not null,
    quarter integer not null,
    shard integer not null,
    n integer not null,
    primary key (name, quarter, area, shard)
) strict, without rowid;

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

-- What each person scanned since the beginning: a year of quarters is thousands of rows.
create table person_totals (
    account_id integer not null primary key,
    parents integer not null,
    children integer not null,
    bills integer not null,
    others integer not null,
    refused integer not null,
    last_at integer not null
) strict, without rowid;
