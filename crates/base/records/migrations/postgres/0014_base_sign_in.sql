-- What signing in needs besides the accounts: failures and their pauses, locked screens, tokens that may do less than
-- their owner. Times are UTC microseconds.

-- Failures that lead to a pause, shared by all nodes. `key` is a hash of what is judged, such as an account from an
-- address: what somebody typed as a name never stands here in the clear.
create table sign_in_tries (
    key text collate "C" primary key,
    account_id bigint,
    failures bigint not null,
    since bigint not null,
    pauses bigint not null,
    paused_until bigint not null,
    expires_at bigint not null
);
create index sign_in_tries_by_end on sign_in_tries (expires_at);
create index sign_in_tries_by_account on sign_in_tries (account_id) where account_id is not null;

-- The newest time step of a code that was taken: each is taken once.
alter table accounts add column totp_step bigint not null default 0;

-- When somebody locked the screen; a session that was idle for too long is locked as well.
alter table sessions add column locked_at bigint;
-- The device that it was opened on: its number and name, where it is an enrolled one.
alter table sessions add column device_id bigint;
alter table sessions add column device text collate "C";
create index sessions_by_creation on sessions (realm, created_at, token_hash);
create index sessions_by_address on sessions (realm, address, created_at, token_hash);
create index sessions_by_device on sessions (device_id) where device_id is not null;

-- Null is everything that the owner may do. Names of permissions, separated by blanks.
alter table tokens add column permissions text collate "C";
alter table tokens add column area text collate "C";
alter table tokens add column expires_at bigint;
alter table tokens add column used_at bigint;
