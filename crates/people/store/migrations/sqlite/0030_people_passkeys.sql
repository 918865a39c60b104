-- Passkeys, and the challenges that were answered. Times are UTC microseconds.

-- `credential_id` is what the authenticator calls the key, in base64url; `counter` what it counted at its last use.
create table passkeys (
    id integer primary key autoincrement,
    account_id integer not null references accounts (id) on delete cascade,
    name text not null,
    credential_id text not null unique,
    public_key text not null,
    counter integer not null,
    created_at integer not null,
    used_at integer
) strict;
create index passkeys_by_account on passkeys (account_id);

-- Hashes of challenges that were answered rightly, until they are too old to be answered: each is taken once.
create table passkey_answers (
    challenge_hash text primary key,
    expires_at integer not null
) strict, without rowid;
create index passkey_answers_by_end on passkey_answers (expires_at);
