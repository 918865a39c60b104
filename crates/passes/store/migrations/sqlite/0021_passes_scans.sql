-- Every scan at a gate that was answered, refused ones too, with the answer as it was given. What was scanned is kept as the
-- pass that it names, or as a hash: a code of nobody's pass may be anything.

create table gate_scans (
    seq integer primary key,
    scan_id text not null unique,
    fingerprint integer not null,
    at integer not null,
    client_at integer not null,
    account_id integer,
    gate text,
    action text not null,
    event_id integer,
    pass_id text,
    code_hash text,
    outcome text not null,
    answer text not null
) strict;
create index gate_scans_by_pass on gate_scans (pass_id, seq) where pass_id is not null;
create index gate_scans_by_event on gate_scans (event_id, seq) where event_id is not null;
create index gate_scans_by_account on gate_scans (account_id, seq);
