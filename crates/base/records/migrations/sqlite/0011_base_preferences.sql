-- What people have chosen for themselves, each a text under a name: the columns of a list, the views they saved.
create table preferences (
    account_id integer not null references accounts (id) on delete cascade,
    name text not null,
    value text not null,
    updated_at integer not null,
    primary key (account_id, name)
) strict, without rowid;
