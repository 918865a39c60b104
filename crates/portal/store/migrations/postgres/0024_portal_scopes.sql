-- Whose stock a customer sees. A customer without a row sees nothing.

create table portal_scopes (
    account_id bigint primary key references accounts (id) on delete cascade,
    -- True for the stock of everybody, and then no customer is named below.
    sees_all boolean not null
);

create table portal_scope_customers (
    account_id bigint not null references portal_scopes (account_id) on delete cascade,
    place bigint not null,
    -- What stays the same when the name changes; null where there is nothing but names.
    customer_key text collate "C",
    customer_name text collate "C" not null,
    primary key (account_id, place)
);
