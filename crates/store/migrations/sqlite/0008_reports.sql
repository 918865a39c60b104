-- Sums over bills of a range of days read this index alone; the bills of one person in one status are walked by the other.
create index bills_of_days on bills (created_at, created_by, status, capacity, parents, children);
create index bills_by_person_status on bills (created_by, status, created_at, key);
