-- What all nodes of a site share: stored settings, keys, and jobs that nodes take by lease. Times are UTC microseconds.

create table settings (
    name text primary key,
    value text not null,
    updated_at integer not null,
    updated_by integer
) strict, without rowid;

-- Keys that all nodes of a site share, each made once. They protect nothing from anybody who can read this table; what
-- must stay secret from them is encrypted with a key of SESSION_SECRET, which is never stored.
create table site_keys (
    name text primary key,
    value text not null
) strict, without rowid;

-- Who holds the lease runs the job. `tries` counts the claims since the last success.
create table jobs (
    name text primary key,
    next_run_at integer not null,
    lease_until integer,
    lease_by text,
    tries integer not null default 0,
    last_run_at integer,
    last_outcome text
) strict, without rowid;
