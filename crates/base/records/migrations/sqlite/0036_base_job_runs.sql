-- When the last run of a job ended, how long it took, what it came to and how many things it found wrong; how many runs have
-- failed, and when the last of them did.
alter table jobs add column ended_at integer;
alter table jobs add column took_us integer;
alter table jobs add column note text;
alter table jobs add column faults integer not null default 0;
alter table jobs add column failures integer not null default 0;
alter table jobs add column failed_at integer;
