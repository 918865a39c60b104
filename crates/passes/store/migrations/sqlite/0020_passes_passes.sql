-- Passes. The id is what the code names, and case matters in it.

create table passes (
    pass_id text not null primary key,
    event_id integer not null,
    name1 text not null,
    phone1 text not null,
    name2 text,
    phone2 text,
    -- Names and phone numbers in small letters, for the search.
    folded text not null,
    kind text not null check (kind in ('SINGLE', 'COUPLE')),
    amount integer not null,
    mode text not null check (mode in ('CASH', 'ONLINE')),
    txn_info text,
    timing text not null,
    created_at integer not null,
    created_by integer,
    cancelled_at integer,
    cancelled_by integer,
    cancel_reason text,
    -- What was given back, in rupees.
    refunded integer not null default 0,
    -- Codes that were made before are no longer taken.
    codes_since integer,
    -- People who got in, and of them those who are inside.
    admitted integer not null default 0,
    inside integer not null default 0,
    entered_at integer,
    entered_by integer,
    entered_gate text,
    left_at integer,
    -- Who let them in by the earlier system, where that is nobody here.
    entered_by_name text
) strict, without rowid;
-- The same guest has one pass of an event; one that was cancelled is in nobody's way.
create unique index passes_by_guest on passes (event_id, name1, phone1) where cancelled_at is null;
create index passes_by_time on passes (event_id, created_at, pass_id);
create index passes_by_entry on passes (event_id, entered_at) where entered_at is not null;
