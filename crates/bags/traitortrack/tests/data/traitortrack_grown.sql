-- What happened in the nasty database after it was brought over once.
set search_path to production;
insert into "user" (id, username, email, password_hash, role, verified) values
(6, 'farida', 'farida@example.com', 'md5$x', 'biller', true);
insert into bag (id, qr_id, type, user_id, created_at) values (200, 'KID200', 'child', 6, '2025-05-01 10:00');
insert into link (id, parent_bag_id, child_bag_id, created_at) values
(200, 10, 200, '2025-05-01 10:00'), (201, 11, 22, '2025-05-02 10:00');
insert into scan (id, "timestamp", child_bag_id, user_id) values (200, '2025-05-01 10:00:01', 200, 6);
