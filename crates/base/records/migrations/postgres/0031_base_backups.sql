-- The backups that were made by themselves, and whether each could be restored. A row goes when its file is removed.
create table backups (
    name text primary key,
    made_at bigint not null,
    bytes bigint not null,
    sha256 text not null,
    schema_number bigint not null,
    proved_at bigint,
    fault text
);
