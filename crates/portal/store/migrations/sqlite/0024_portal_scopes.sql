-- Whose stock a customer sees. A customer without a row sees nothing.

create table portal_scopes (
    account_id integer primary key references accounts (id) on delete cascade,
    -- True for the stock of everybody, and then no customer is named below.
    sees_all integer not null
) strict;

create table portal_scope_customers (
    account_id integer not null references portal_scopes (account_id) on delete cascade,
    place integer not null,
    -- What stays the same when the name changes; null where there is nothing but names.
    customer_key text,
    customer_name text not null,
    primary key (account_id, place)
) strict, without rowid;
