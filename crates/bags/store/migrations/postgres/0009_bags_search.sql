-- Codes by their tails, in capitals: any part of a code is the beginning of one of its tails, so a search finds it in
-- order and without a look at codes that do not hold it. New codes wait in `search_pending` until a job sorts them in; a
-- search looks into both.

create table code_tails (
    what text collate "C" not null check (what in ('bag', 'bill')),
    tail text collate "C" not null,
    code text collate "C" not null,
    primary key (what, tail, code)
);

create table search_pending (
    what text collate "C" not null check (what in ('bag', 'bill')),
    code text collate "C" not null,
    primary key (what, code)
);
