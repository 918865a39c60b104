-- Copies of backups in other places: a second folder, storage that speaks S3. A row stays while the copy is there, or while the
-- backup is and copying it failed.
create table backup_copies (
    name text not null,
    place text not null,
    bytes integer not null,
    sha256 text not null,
    copied_at integer,
    compared_at integer,
    tries integer not null default 0,
    fault text,
    primary key (name, place)
) strict, without rowid;
