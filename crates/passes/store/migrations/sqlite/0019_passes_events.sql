-- Events, and who works at them. Times are UTC microseconds; amounts are whole rupees.

create table events (
    id integer primary key,
    name text not null,
    place text not null,
    starts_at integer,
    ends_at integer,
    early_minutes integer not null,
    -- The times to choose from, one a line.
    slots text not null,
    price_single integer not null,
    price_couple integer not null,
    capacity integer,
    inside_max integer,
    organiser text not null,
    contact text not null,
    terms text not null,
    colour text not null,
    one_by_one integer not null,
    re_entry integer not null,
    state text not null check (state in ('draft', 'on_sale', 'open', 'closed')),
    -- How many people have a place: a sale takes its places here first, and a full event gives none.
    sold integer not null default 0,
    created_at integer not null,
    created_by integer,
    -- What an importer knows it by.
    imported_as text unique
) strict;

create table event_people (
    event_id integer not null references events (id) on delete cascade,
    account_id integer not null references accounts (id) on delete cascade,
    primary key (event_id, account_id)
) strict, without rowid;
create index event_people_by_account on event_people (account_id);
