-- Customers who do nothing for a while are found without looking at every session.
create index sessions_by_idle_customer on sessions (seen_at, token_hash) where realm = 'customer';
