-- What proves that the audit trail is whole: a Merkle tree over its entries.

-- How far the tree has come; one row. `seen` is the last entry that was looked at; `gaps` are numbers before it that were not
-- there, as JSON: an entry whose transaction took longer may still come. `changes` counts what was forgotten or removed.
create table audit_tree (
    id integer primary key,
    size integer not null,
    seen integer not null,
    changes integer not null,
    gaps text not null
) strict;
insert into audit_tree (id, size, seen, changes, gaps) values (1, 0, 0, 0, '[]');

-- The hashes of the tree, 256 in a row, see `base_proof::tiles`.
create table audit_tiles (
    level integer not null,
    tile integer not null,
    hashes blob not null,
    primary key (level, tile)
) strict;

-- The leaves of each tile of level 0: the entries' numbers, 8 bytes each, and their salts, see `base_proof::salts`. `cut` is 0
-- while everything is there, 1 once the values were removed, 2 once the rows were.
create table audit_leaves (
    tile integer primary key,
    first_seq integer not null,
    last_seq integer not null,
    first_at integer not null,
    last_at integer not null,
    cut integer not null,
    seqs blob not null,
    salts blob not null
) strict;
create index audit_leaves_by_seq on audit_leaves (last_seq, first_seq);
create index audit_leaves_by_time on audit_leaves (last_at, first_at, first_seq, last_seq);
create index audit_leaves_to_cut on audit_leaves (cut, last_at);

-- Signed checkpoints: the newest one of each hour.
create table audit_checkpoints (
    hour integer primary key,
    at integer not null,
    size integer not null,
    note text not null
) strict;

-- Signed records of what was removed when its time was over.
create table audit_cuts (
    id integer primary key,
    at integer not null,
    note text not null
) strict;

-- What the page of the trail asks for. Scans that went as they should are left out, for they are most of the trail.
create index audit_of_actions on audit (action, seq)
    where action not in ('link_created', 'parent_selected', 'scan_refused');
create index audit_of_origins on audit (origin_id, seq)
    where action not in ('link_created', 'parent_selected', 'scan_refused');
create index audit_of_all_changes on audit (seq)
    where action not in ('link_created', 'parent_selected', 'scan_refused');
create index origins_by_address on origins (address);
