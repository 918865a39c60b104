-- People and how they sign in. Staff and customers are two realms: the same name or e-mail may exist once in each, and
-- the realm is part of every key that an account is found by. Times are UTC microseconds.

create table accounts (
    id integer primary key autoincrement,
    realm text not null check (realm in ('staff', 'customer')),
    username text not null,
    username_folded text not null,
    -- What pages and mails call the person; null is the user name.
    display_name text,
    email text,
    email_folded text,
    password_hash text not null,
    area text,
    is_active integer not null default 1,
    must_change_password integer not null default 0,
    failed_sign_ins integer not null default 0,
    locked_until integer,
    -- Encrypted with the site's SESSION_SECRET; whoever has only the database cannot read it.
    totp_encrypted text,
    two_factor integer not null default 0 check (two_factor in (0, 1)),
    locale text not null default 'en',
    created_at integer not null,
    signed_in_at integer,
    unique (realm, username_folded),
    unique (realm, email_folded),
    -- What sessions and tokens refer to, so that none of them is of another realm than its account.
    unique (realm, id)
) strict;

create table account_roles (
    account_id integer not null references accounts (id) on delete cascade,
    role text not null,
    primary key (account_id, role)
) strict, without rowid;

create table sessions (
    realm text not null,
    token_hash text not null,
    account_id integer not null,
    address text not null,
    agent text not null,
    created_at integer not null,
    seen_at integer not null,
    expires_at integer not null,
    primary key (realm, token_hash),
    foreign key (realm, account_id) references accounts (realm, id) on delete cascade
) strict, without rowid;
create index sessions_by_account on sessions (realm, account_id);
create index sessions_by_expiry on sessions (realm, expires_at);

create table tokens (
    id integer primary key autoincrement,
    realm text not null,
    account_id integer not null,
    name text not null,
    token_hash text not null,
    created_at integer not null,
    revoked_at integer,
    unique (realm, token_hash),
    foreign key (realm, account_id) references accounts (realm, id) on delete cascade
) strict;
create index tokens_by_account on tokens (realm, account_id);

-- Requests for a higher role.
create table promotions (
    id integer primary key autoincrement,
    account_id integer not null references accounts (id) on delete cascade,
    reason text not null,
    status text not null check (status in ('pending', 'approved', 'rejected')),
    admin_id integer references accounts (id) on delete set null,
    admin_notes text,
    requested_at integer not null,
    processed_at integer
) strict;
-- At most one pending for each person.
create unique index promotions_pending on promotions (account_id) where status = 'pending';
create index promotions_by_age on promotions (status, requested_at, id);

create table notifications (
    id integer primary key autoincrement,
    account_id integer not null references accounts (id) on delete cascade,
    title text not null,
    message text not null,
    type text not null check (type in ('info', 'success', 'warning', 'error')),
    priority integer not null check (priority between 0 and 3),
    is_read integer not null check (is_read in (0, 1)),
    link text,
    created_at integer not null,
    read_at integer
) strict;
create index notifications_by_person on notifications (account_id, is_read, created_at, id);
