-- Second factors, and the devices of a site. Times are UTC microseconds.

-- Codes for whoever has lost their second factor, hashed, each good for once.
create table recovery_codes (
    account_id integer not null references accounts (id) on delete cascade,
    code_hash text not null,
    used_at integer,
    primary key (account_id, code_hash)
) strict, without rowid;

-- Sign-ins whose password was right and whose second factor is still missing. They are no sessions: nothing but the
-- second step knows them. `password_hash` is a hash of the stored hash, so that a new password ends them.
create table pending_sign_ins (
    token_hash text primary key,
    account_id integer not null references accounts (id) on delete cascade,
    password_hash text not null,
    failures integer not null,
    expires_at integer not null
) strict, without rowid;
create index pending_sign_ins_by_account on pending_sign_ins (account_id);
create index pending_sign_ins_by_end on pending_sign_ins (expires_at);

-- Stations and gates. A device is enrolled once, by its code, and is known by its token from then on.
create table devices (
    id integer primary key autoincrement,
    name text not null,
    name_folded text not null,
    created_at integer not null,
    created_by integer,
    enrol_hash text,
    enrol_until integer,
    token_hash text,
    enrolled_at integer,
    seen_at integer,
    revoked_at integer
) strict;
create unique index devices_by_name on devices (name_folded) where revoked_at is null;
create unique index devices_by_enrol on devices (enrol_hash) where enrol_hash is not null;
create unique index devices_by_token on devices (token_hash) where token_hash is not null;
