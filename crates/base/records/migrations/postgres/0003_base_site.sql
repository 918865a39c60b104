-- What all nodes of a site share: stored settings, keys, and jobs that nodes take by lease. Times are UTC microseconds.

create table settings (
    name text collate "C" primary key,
    value text collate "C" not null,
    updated_at bigint not null,
    updated_by bigint
);

-- Keys that all nodes of a site share, each made once. They protect nothing from anybody who can read this table; what
-- must stay secret from them is encrypted with a key of SESSION_SECRET, which is never stored.
create table site_keys (
    name text collate "C" primary key,
    value text collate "C" not null
);

-- Who holds the lease runs the job. `tries` counts the claims since the last success.
create table jobs (
    name text collate "C" primary key,
    next_run_at bigint not null,
    lease_until bigint,
    lease_by text collate "C",
    tries bigint not null default 0,
    last_run_at bigint,
    last_outcome text collate "C"
);
