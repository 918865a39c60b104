-- People, sessions and the audit trail: what all modules share. Times are UTC microseconds.

create table accounts (
    id integer primary key autoincrement,
    realm text not null default 'staff',
    username text not null,
    username_folded text not null unique,
    email text,
    email_folded text unique,
    password_hash text not null,
    area text,
    is_active integer not null default 1,
    must_change_password integer not null default 0,
    failed_sign_ins integer not null default 0,
    locked_until integer,
    locale text not null default 'en',
    created_at integer not null,
    signed_in_at integer
) strict;

create table account_roles (
    account_id integer not null references accounts (id) on delete cascade,
    role text not null,
    primary key (account_id, role)
) strict, without rowid;

create table sessions (
    token_hash text primary key,
    account_id integer not null references accounts (id) on delete cascade,
    realm text not null,
    address text not null,
    agent text not null,
    created_at integer not null,
    seen_at integer not null,
    expires_at integer not null
) strict, without rowid;
create index sessions_by_account on sessions (account_id);
create index sessions_by_expiry on sessions (expires_at);

create table tokens (
    id integer primary key autoincrement,
    account_id integer not null references accounts (id) on delete cascade,
    name text not null,
    token_hash text not null unique,
    created_at integer not null,
    revoked_at integer
) strict;

-- Addresses and agents stand here once; an audit entry names them by a hash of both.
create table origins (
    id integer primary key,
    address text not null,
    agent text not null
) strict;

create table audit (
    seq integer primary key,
    at integer not null,
    actor_id integer,
    realm text not null,
    action text not null,
    entity_type text not null,
    entity text not null,
    before text,
    after text,
    origin_id integer not null references origins (id),
    request_id text not null,
    station text
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
