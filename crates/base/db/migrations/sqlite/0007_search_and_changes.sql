-- Codes of removed bags and bills, until a job has taken them out of the index of search: a code that comes again must
-- stand in it once.
create table search_gone (
    code text not null,
    what text not null check (what in ('bag', 'bill')),
    primary key (code, what)
) strict, without rowid;

-- What was changed about one thing. Scans that went as they should are left out: the history of scans tells them, and
-- they are most of the trail.
create index audit_of_changes on audit (entity_type, entity, seq)
    where action not in ('link_created', 'parent_selected', 'scan_refused');
