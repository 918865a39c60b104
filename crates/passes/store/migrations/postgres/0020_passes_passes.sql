-- Passes. The id is what the code names, and case matters in it.

create table passes (
    pass_id text collate "C" primary key,
    event_id bigint not null,
    name1 text collate "C" not null,
    phone1 text collate "C" not null,
    name2 text collate "C",
    phone2 text collate "C",
    -- Names and phone numbers in small letters, for the search.
    folded text collate "C" not null,
    kind text collate "C" not null check (kind in ('SINGLE', 'COUPLE')),
    amount bigint not null,
    mode text collate "C" not null check (mode in ('CASH', 'ONLINE')),
    txn_info text collate "C",
    timing text collate "C" not null,
    created_at bigint not null,
    created_by bigint,
    cancelled_at bigint,
    cancelled_by bigint,
    cancel_reason text collate "C",
    -- What was given back, in rupees.
    refunded bigint not null default 0,
    -- Codes that were made before are no longer taken.
    codes_since bigint,
    -- People who got in, and of them those who are inside.
    admitted bigint not null default 0,
    inside bigint not null default 0,
    entered_at bigint,
    entered_by bigint,
    entered_gate text collate "C",
    left_at bigint,
    -- Who let them in by the earlier system, where that is nobody here.
    entered_by_name text collate "C"
);
-- The same guest has one pass of an event; one that was cancelled is in nobody's way.
create unique index passes_by_guest on passes (event_id, name1, phone1) where cancelled_at is null;
create index passes_by_time on passes (event_id, created_at, pass_id);
create index passes_by_entry on passes (event_id, entered_at) where entered_at is not null;
