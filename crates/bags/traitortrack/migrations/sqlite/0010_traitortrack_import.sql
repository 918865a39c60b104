-- How far an earlier system was brought over, and what its numbers became.

-- Up to which number the rows of each kind were brought over, by source.
create table earlier_marks (
    source text not null,
    kind text not null,
    up_to integer not null,
    primary key (source, kind)
) strict, without rowid;

-- What the earlier numbers are here: people by their account, bills by their number.
create table earlier_ids (
    source text not null,
    kind text not null,
    earlier_id integer not null,
    ours text not null,
    primary key (source, kind, earlier_id)
) strict, without rowid;
