-- Whom goods go to or belong to, as other systems know them: what a bill, an account or a delivery may name.

create table parties (
    id integer primary key,
    -- Which system knows them, such as `erp`.
    source text not null,
    -- What stays the same there when the name changes; the name where there is nothing else.
    key text not null,
    name text not null,
    name_folded text not null,
    -- When that system last had them.
    seen_at integer not null,
    -- Since when it does not have them any more; null while it does.
    gone_at integer,
    unique (source, key)
) strict;
create index parties_by_name on parties (name_folded, id);

-- What customers did and what was done with their accounts, without looking at every scan.
create index audit_of_customers on audit (action, at) where entity_type = 'customer';
create index audit_of_customers_newest on audit (seq) where entity_type = 'customer';
