-- Links by which people set a new password. Times are UTC microseconds.

-- One for each account: a new link replaces the old one. The link itself is not kept, only its hash.
create table password_links (
    account_id integer primary key references accounts (id) on delete cascade,
    token_hash text not null unique,
    created_at integer not null,
    expires_at integer not null
) strict;
