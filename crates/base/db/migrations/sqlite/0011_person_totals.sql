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
insert into person_totals (account_id, parents, children, bills, others, refused, last_at)
    select account_id, sum(parents), sum(children), sum(bills), sum(others), sum(refused), max(last_at)
    from person_scans group by account_id;
