-- Codes by their tails, in capitals: whoever looks for any part of a code finds it as the beginning of a tail, in order
-- and without a look at codes that do not hold it. New codes wait in `search_pending` until a job takes them over; who
-- searches looks into both.

drop table code_search;
drop table search_gone;
drop table search_pending;

create table code_tails (
    what text not null check (what in ('bag', 'bill')),
    tail text not null,
    code text not null,
    primary key (what, tail, code)
) strict, without rowid;
create table search_pending (
    what text not null check (what in ('bag', 'bill')),
    code text not null,
    primary key (what, code)
) strict, without rowid;
insert into search_pending (what, code) select 'bag', code from bags;
insert into search_pending (what, code) select 'bill', key from bills;

-- Parents of an area by code. Children have no such index: each scan would write to it.
create index parents_by_area_code on bags (area, code) where kind = 'parent';

-- What one person did.
create index audit_by_actor on audit (actor_id, seq);
