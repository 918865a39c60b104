-- How far an earlier system was brought over, and what its numbers became.

-- Up to which number the rows of each kind were brought over, by source.
create table earlier_marks (
    source text collate "C" not null,
    kind text collate "C" not null,
    up_to bigint not null,
    primary key (source, kind)
);

-- What the earlier numbers are here: people by their account, bills by their number.
create table earlier_ids (
    source text collate "C" not null,
    kind text collate "C" not null,
    earlier_id bigint not null,
    ours text collate "C" not null,
    primary key (source, kind, earlier_id)
);
