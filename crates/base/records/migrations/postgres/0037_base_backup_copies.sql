-- Copies of backups in other places: a second folder, storage that speaks S3. A row stays while the copy is there, or while the
-- backup is and copying it failed.
create table backup_copies (
    name text collate "C" not null,
    place text collate "C" not null,
    bytes bigint not null,
    sha256 text not null,
    copied_at bigint,
    compared_at bigint,
    tries bigint not null default 0,
    fault text,
    primary key (name, place)
);
