-- When the last run of a job ended, how long it took, what it came to and how many things it found wrong; how many runs have
-- failed, and when the last of them did.
alter table jobs add column ended_at bigint;
alter table jobs add column took_us bigint;
alter table jobs add column note text collate "C";
alter table jobs add column faults bigint not null default 0;
alter table jobs add column failures bigint not null default 0;
alter table jobs add column failed_at bigint;
