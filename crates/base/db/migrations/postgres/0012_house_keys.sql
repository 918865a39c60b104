-- Keys that all nodes of a house share, each made once. They protect nothing from who can read this table.
create table house_keys (
    name text collate "C" primary key,
    value text collate "C" not null
);
