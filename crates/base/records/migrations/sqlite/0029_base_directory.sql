-- Accounts of staff whose password is that of a directory outside. Times are UTC microseconds.

-- The object's GUID in the directory; null for an account with a password of its own. A person who is renamed there stays
-- the same account here.
alter table accounts add column directory_guid text;
-- Why the directory keeps the person out, while it does; null otherwise, and where an admin switched the account off.
alter table accounts add column directory_out text;
create unique index accounts_by_directory on accounts (directory_guid) where directory_guid is not null;

-- Passwords that were sent to the directory and were wrong, by account, so that nobody can have it locked through us.
-- `under_way` were sent and are not answered yet; they count as wrong. Forgotten some time after the last one.
create table directory_binds (
    guid text primary key,
    wrong integer not null,
    of_strangers integer not null,
    under_way integer not null,
    last_at integer not null
) strict, without rowid;
create index directory_binds_by_age on directory_binds (last_at);
