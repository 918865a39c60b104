-- What each person scanned since the beginning: a year of quarters is thousands of rows.
create table person_totals (
    account_id bigint primary key,
    parents bigint not null,
    children bigint not null,
    bills bigint not null,
    others bigint not null,
    refused bigint not null,
    last_at bigint not null
);
-- Whoever scans meanwhile waits, and is counted after it.
lock table person_scans in exclusive mode;
insert into person_totals (account_id, parents, children, bills, others, refused, last_at)
    select account_id, cast(sum(parents) as bigint), cast(sum(children) as bigint), cast(sum(bills) as bigint),
        cast(sum(others) as bigint), cast(sum(refused) as bigint), max(last_at)
    from person_scans group by account_id;
