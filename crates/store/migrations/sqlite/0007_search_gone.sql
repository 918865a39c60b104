-- Codes of removed bags and bills, until a job has taken them out of the index of search: a code that comes again must
-- stand in it once.
create table search_gone (
    code text not null,
    what text not null check (what in ('bag', 'bill')),
    primary key (code, what)
) strict, without rowid;
