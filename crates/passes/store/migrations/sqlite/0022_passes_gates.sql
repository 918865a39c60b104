-- What a gate counts, what devices decided by themselves, and where that has to be looked at.

-- How many people came in and are inside, for each event: the sum over the shards. Each lane adds to a row of its own, so
-- that lanes do not wait for each other.
create table event_counts (
    event_id integer not null,
    shard integer not null,
    admitted integer not null,
    inside integer not null,
    primary key (event_id, shard)
) strict, without rowid;
insert into event_counts (event_id, shard, admitted, inside)
select event_id, 0, cast(sum(admitted) as integer), cast(sum(inside) as integer) from passes where admitted > 0 group by event_id;

-- How many people a scan let in or out, and how many of them had been in before.
alter table gate_scans add column people integer;
alter table gate_scans add column back integer;
-- The device, the time at which it decided by itself, and the time of the snapshot that it decided on.
alter table gate_scans add column device text;
alter table gate_scans add column offline_at integer;
alter table gate_scans add column snapshot_at integer;
create index gate_scans_by_time on gate_scans (at);

-- A snapshot goes through the passes of an event in the order of their ids.
create index passes_by_event on passes (event_id, pass_id);

-- People whom a device let in although, as it turned out, they should not have come in. Both sides are told: the entry that
-- counts, and the one that does not.
create table gate_conflicts (
    id integer primary key,
    event_id integer not null,
    scan_id text not null unique,
    pass_id text,
    at integer not null,
    let_in_at integer not null,
    account_id integer,
    gate text,
    device text,
    snapshot_at integer,
    -- Why the entry does not count.
    outcome text not null,
    first_at integer,
    first_by integer,
    first_gate text,
    settled_at integer,
    settled_by integer,
    -- What it was, in one word, and what somebody wrote about it.
    settled_as text,
    note text
) strict;
create index gate_conflicts_by_event on gate_conflicts (event_id, id);
create index gate_conflicts_open on gate_conflicts (event_id, id) where settled_at is null;
