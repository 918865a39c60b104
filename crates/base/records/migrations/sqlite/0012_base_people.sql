-- What looking after accounts needs. Times are UTC microseconds.

-- Rises with each change of what is known of a person, so that nobody writes over what they have not seen.
alter table accounts add column version integer not null default 1;
-- Until when a temporary password opens; null where the password is the person's own.
alter table accounts add column temporary_until integer;
-- A temporary password opens once.
alter table accounts add column temporary_used integer not null default 0 check (temporary_used in (0, 1));
-- Light or dark pages, or as the device has it.
alter table accounts add column colours text not null default 'system' check (colours in ('system', 'light', 'dark'));
-- When the person was removed. The row stays for what they made, with a name that nobody can have.
alter table accounts add column removed_at integer;
-- What pages and mails call the person.
alter table accounts add column called text not null generated always as (coalesce(display_name, username)) virtual;
