-- The audit trail. Times are UTC microseconds.

-- Each pair of address and agent is stored once, under the first 16 bytes of a SHA-256 over both.
create table origins (
    id blob primary key,
    address text not null,
    agent text not null
) strict, without rowid;

-- `origin_id` is a row of `origins` and `actor_id` one of `accounts`. Neither is a foreign key: entries are written with
-- every scan, and stay when an account goes.
create table audit (
    seq integer primary key,
    at integer not null,
    realm text not null,
    actor_id integer,
    action text not null,
    entity_type text not null,
    entity text not null,
    before text,
    after text,
    origin_id blob not null,
    request_id text not null,
    station text
) strict;
-- What one person did.
create index audit_by_actor on audit (actor_id, seq);
