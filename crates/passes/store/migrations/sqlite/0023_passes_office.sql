-- What the office of passes keeps: the look and the zone of events, keys of codes, figures of sales, archives, and who was
-- erased. Times are UTC microseconds; amounts are whole rupees.

-- The clocks of its place; empty for those of the site.
alter table events add column zone text not null default '';
-- The second colour of its passes; empty for one colour.
alter table events add column colour_end text not null default '';
-- Its passes carry the compact code, which devices check by themselves.
alter table events add column compact_codes integer not null default 0;
-- When its guests were erased.
alter table events add column erased_at integer;

create table event_logos (
    event_id integer primary key,
    media_type text not null,
    content blob not null,
    changed_at integer not null
) strict;

-- Where a pass was mailed to last.
alter table passes add column email text;
alter table passes add column mailed_at integer;
-- The import that made it.
alter table passes add column import_id text;
create index passes_by_import on passes (import_id, pass_id) where import_id is not null;
-- When its guest was erased. Then nobody is named, and nobody is in anybody's way.
alter table passes add column erased_at integer;
drop index passes_by_guest;
create unique index passes_by_guest on passes (event_id, name1, phone1) where cancelled_at is null and erased_at is null;
-- Cancelled passes and those whose codes were replaced: gates ask for them.
create index passes_by_revocation on passes (event_id, pass_id) where cancelled_at is not null or codes_since is not null;

-- Keys of compact codes. Each follows from the secret of the site and its number, and stands nowhere itself.
create table pass_keys (
    id integer primary key,
    created_at integer not null,
    created_by integer,
    revoked_at integer,
    revoked_by integer,
    reason text
) strict;

-- What was sold, by kind and payment, so that no page adds up all passes.
create table event_sales (
    event_id integer not null,
    kind text not null,
    mode text not null,
    passes integer not null,
    amount integer not null,
    cancelled integer not null,
    refunded integer not null,
    primary key (event_id, kind, mode)
) strict, without rowid;
insert into event_sales (event_id, kind, mode, passes, amount, cancelled, refunded)
    select event_id, kind, mode, count(*), sum(amount), count(cancelled_at), sum(refunded) from passes group by 1, 2, 3;

-- The passes of an event as a file, of each day on which they changed. The content is packed by gzip.
create table event_archives (
    event_id integer not null,
    day text not null,
    made_at integer not null,
    passes integer not null,
    hash text not null,
    content blob not null,
    primary key (event_id, day)
) strict;
