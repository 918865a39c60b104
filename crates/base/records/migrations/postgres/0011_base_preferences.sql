-- What people have chosen for themselves, each a text under a name: the columns of a list, the views they saved.
create table preferences (
    account_id bigint not null references accounts (id) on delete cascade,
    name text collate "C" not null,
    value text collate "C" not null,
    updated_at bigint not null,
    primary key (account_id, name)
);
