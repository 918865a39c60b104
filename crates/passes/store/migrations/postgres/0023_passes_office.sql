-- What the office of passes keeps: the look and the zone of events, keys of codes, figures of sales, archives, and who was
-- erased. Times are UTC microseconds; amounts are whole rupees.

-- The clocks of its place; empty for those of the site.
alter table events add column zone text collate "C" not null default '';
-- The second colour of its passes; empty for one colour.
alter table events add column colour_end text collate "C" not null default '';
-- Its passes carry the compact code, which devices check by themselves.
alter table events add column compact_codes boolean not null default false;
-- When its guests were erased.
alter table events add column erased_at bigint;

create table event_logos (
    event_id bigint primary key,
    media_type text collate "C" not null,
    content bytea not null,
    changed_at bigint not null
);

-- Where a pass was mailed to last.
alter table passes add column email text collate "C";
alter table passes add column mailed_at bigint;
-- The import that made it.
alter table passes add column import_id text collate "C";
create index passes_by_import on passes (import_id, pass_id) where import_id is not null;
-- When its guest was erased. Then nobody is named, and nobody is in anybody's way.
alter table passes add column erased_at bigint;
drop index passes_by_guest;
create unique index passes_by_guest on passes (event_id, name1, phone1) where cancelled_at is null and erased_at is null;
-- Cancelled passes and those whose codes were replaced: gates ask for them.
create index passes_by_revocation on passes (event_id, pass_id) where cancelled_at is not null or codes_since is not null;

-- Keys of compact codes. Each follows from the secret of the site and its number, and stands nowhere itself.
create table pass_keys (
    id bigint primary key,
    created_at bigint not null,
    created_by bigint,
    revoked_at bigint,
    revoked_by bigint,
    reason text collate "C"
);

-- What was sold, by kind and payment, so that no page adds up all passes.
create table event_sales (
    event_id bigint not null,
    kind text collate "C" not null,
    mode text collate "C" not null,
    passes bigint not null,
    amount bigint not null,
    cancelled bigint not null,
    refunded bigint not null,
    primary key (event_id, kind, mode)
);
insert into event_sales (event_id, kind, mode, passes, amount, cancelled, refunded)
    select event_id, kind, mode, count(*), cast(sum(amount) as bigint), count(cancelled_at),
        cast(sum(refunded) as bigint) from passes group by 1, 2, 3;

-- The passes of an event as a file, of each day on which they changed. The content is packed by gzip.
create table event_archives (
    event_id bigint not null,
    day text collate "C" not null,
    made_at bigint not null,
    passes bigint not null,
    hash text collate "C" not null,
    content bytea not null,
    primary key (event_id, day)
);
