-- How each node was, every half minute of the last day. Times are UTC microseconds.

create table health_samples (
    node text not null,
    at integer not null,
    pool_size integer not null,
    pool_in_use integer not null,
    query_us integer not null,
    audit_us integer not null,
    errors_a_minute integer not null,
    sign_ins_a_minute integer not null,
    memory_bytes integer not null,
    disk_percent integer,
    primary key (at, node)
) strict, without rowid;
