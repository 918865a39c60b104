-- What the numbers of an earlier portal are here, so that it can be brought over again and again.
create table portal_earlier_ids (
    -- Which portal it was.
    source text collate "C" not null,
    -- `customer` or `entry`.
    kind text collate "C" not null,
    earlier_id bigint not null,
    -- The account; 0 for an entry of the trail.
    ours bigint not null,
    primary key (source, kind, earlier_id)
);
