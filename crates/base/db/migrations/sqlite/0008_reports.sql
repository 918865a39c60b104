-- Sums over the bills of some days read the one, sums over a long range or over one person's bills the other; neither
-- reads a bill itself. The bills of one person in one status are walked by the latter.
create index bills_of_days on bills (created_at, created_by, status, capacity, parents, children);
create index bills_by_person_status on bills (created_by, status, created_at, key, capacity, parents, children);
