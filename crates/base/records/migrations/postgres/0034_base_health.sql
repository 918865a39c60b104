-- How each node was, every half minute of the last day. Times are UTC microseconds.

create table health_samples (
    node text not null,
    at bigint not null,
    pool_size bigint not null,
    pool_in_use bigint not null,
    query_us bigint not null,
    audit_us bigint not null,
    errors_a_minute bigint not null,
    sign_ins_a_minute bigint not null,
    memory_bytes bigint not null,
    disk_percent bigint,
    primary key (at, node)
);
