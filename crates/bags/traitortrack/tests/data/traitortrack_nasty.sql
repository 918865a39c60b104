-- A TraitorTrack database with every fault that was met in one, and a few more. It stands in the schema
-- `production`, is as old as can be (columns are missing), and has no constraint that would keep faults out.
create schema production;
set search_path to production;

create table "user" (id serial primary key, username text, email text, password_hash text, role text,
    dispatch_area text, verified bool, created_at timestamp, totp_secret text, two_fa_enabled bool,
    password_reset_token text);
create table bag (id serial primary key, qr_id text, type text, name text, user_id int, dispatch_area text,
    child_count int, weight_kg float8, status text, created_at timestamp, updated_at timestamp);
create table link (id serial primary key, parent_bag_id int, child_bag_id int, created_at timestamp);
create table bill (id serial primary key, bill_id text, description text, parent_bag_count int, status text,
    created_by_id int, created_at timestamp, updated_at timestamp);
create table bill_bag (id serial primary key, bill_id int, bag_id int, created_at timestamp);
create table scan (id serial primary key, "timestamp" timestamp, parent_bag_id int, child_bag_id int, user_id int);
create table promotionrequest (id serial primary key, user_id int, reason text, status text, requested_at timestamp);
create table notification (id serial primary key, user_id int, title text, message text, notification_type text,
    priority int, is_read bool, link text, created_at timestamp);
create table audit_log (id serial primary key, "timestamp" timestamp, user_id int, action text, entity_type text,
    entity_id int, details json, before_state json, after_state text, ip_address text, request_id text);

insert into "user" (id, username, email, password_hash, role, dispatch_area, verified, created_at, totp_secret,
    two_fa_enabled, password_reset_token) values
(1, 'root.admin', 'root@example.com', 'scrypt:32768:8:1$mji0axgWyAQ76ecC$0c2ce324f65ef3df69f49555ff0f15882eac8393526e2e0552a1e6ee067c49fdc4ddfa86428c8b1cbd015e8d9c8649708b5b9872c62a71a87dfabdad8dfd0e1f', 'admin', null, true, '2025-01-01 00:00', 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', true, 'reset-me'),
(2, 'Meera', 'meera@example.com', 'pbkdf2:sha256:260000$NdqHDWJk86HZrypO$141d8dd8f8780207fed9c6fe06f549b11eacd3128fe05858ab301a12d6c80007', 'dispatcher', 'lucknow', true, '2025-01-02 00:00', null, false, null),
(3, 'meera', 'MEERA@example.com', 'pbkdf2:sha256:260000$NdqHDWJk86HZrypO$141d8dd8f8780207fed9c6fe06f549b11eacd3128fe05858ab301a12d6c80007', 'user', 'Default Area', true, null, null, null, null),
(4, 'x', null, 'md5$abc', 'dispatcher', 'mars', null, 'infinity', null, null, null),
(5, 'admin', 'boss@example.com', 'md5$abc', 'admin', null, true, '2025-01-05 00:00', null, false, null);

insert into bag (id, qr_id, type, user_id, dispatch_area, child_count, weight_kg, status, created_at) values
(10, 'SB00001', 'parent', 2, 'lucknow', 99, 99, null, '2025-02-01 10:00'),
(11, 'sb00002', 'parent', 2, null, 0, 0, 'completed', '2025-02-01 10:00'),
(12, 'PARENT_001_X', 'parent', null, 'Default', null, null, null, null),
(13, 'SB00003', 'parent', 2, 'indore', 0, 'NaN', 'pending', '2025-02-01 10:00'),
(14, 'SB00004', 'parent', 2, 'lucknow', 30, 30, 'completed', '2025-02-01 10:00'),
(15, 'SB00005', 'parent', 2, 'lucknow', 1, 1, 'pending', '2025-02-01 10:00'),
(16, 'SB00006', 'parent', 2, 'lucknow', 0, 0, 'pending', '2025-02-02 10:00'),
(20, 'kid1', 'child', null, 'lucknow', 0, 0, 'pending', '2025-02-01 10:01'),
(21, 'KID1', 'child', null, 'lucknow', 0, 0, 'pending', '2025-02-01 10:01'),
(22, 'KID2', 'child', null, null, 0, 0, 'pending', '2025-02-01 10:01'),
(23, 'SB54321', 'child', null, null, 0, 0, 'pending', '2025-02-01 10:01'),
(24, 'C12', 'child', null, null, 0, 0, 'pending', '2025-02-01 10:01'),
(25, 'M444-00009', 'child', null, null, 0, 0, 'pending', '2025-02-01 10:01'),
(26, repeat('long', 63), 'child', null, null, 0, 0, 'pending', '2025-02-01 10:01'),
(27, '  ', 'child', null, null, 0, 0, 'pending', '2025-02-01 10:01'),
(28, 'SACK99', 'sack', null, null, 0, 0, 'pending', '2025-02-01 10:01'),
(29, 'KID4', 'child', null, null, 0, 0, 'pending', '2025-02-01 10:01'),
(30, 'Sb00001 ', 'child', null, null, 0, 0, 'pending', '2025-02-01 10:01');
insert into bag (id, qr_id, type, created_at)
    select 100 + n, 'full' || lpad(n::text, 3, '0'), 'child', '2025-02-01 11:00' from generate_series(1, 32) n;

insert into link (id, parent_bag_id, child_bag_id, created_at) values
(1, 10, 20, '2025-02-01 12:00'),
(2, 11, 20, '2025-02-01 13:00'),
(3, 10, 22, '2025-02-01 13:00'),
(4, 11, 22, '2025-02-01 12:00'),
(5, 10, 21, '2025-02-01 11:00'),
(6, 20, 22, '2025-02-01 12:00'),
(7, 10, 11, '2025-02-01 12:00'),
(8, 10, 999, '2025-02-01 12:00'),
(9, 10, 27, '2025-02-01 12:00'),
(10, 12, 23, null),
(11, 15, 29, '2025-02-01 12:00'),
(12, 10, 30, '2025-02-01 12:00');
insert into link (id, parent_bag_id, child_bag_id, created_at)
    select 100 + n, 14, 100 + n, timestamp '2025-02-01 12:00' + n * interval '1 minute' from generate_series(1, 32) n;

insert into bill (id, bill_id, description, parent_bag_count, status, created_by_id, created_at, updated_at) values
(1, 'B', null, 0, 'lost', null, null, null),
(2, 'bill-7', 'one', 1, 'active', 1, '2025-03-01 10:00', '2025-03-01 11:00'),
(3, 'BILL-7', 'two', 5, 'completed', 1, '2025-03-02 10:00', '2025-03-02 11:00'),
(4, 'bill-8', 'three', 5, 'draft', 1, '2025-03-03 10:00', null),
(5, 'bill-9', 'four', 5, 'draft', 1, '2025-03-03 10:00', null);
insert into bill_bag (id, bill_id, bag_id, created_at) values
(1, 2, 10, '2025-03-01 10:00'),
(2, 2, 11, '2025-03-01 10:01'),
(3, 3, 13, '2025-03-02 10:00'),
(4, 4, 13, '2025-03-03 10:00'),
(5, 4, 20, '2025-03-03 10:00'),
(6, 4, 999, '2025-03-03 10:00'),
(7, 99, 14, '2025-03-03 10:00'),
(8, 4, 14, '2025-03-03 10:05');

insert into scan (id, "timestamp", parent_bag_id, child_bag_id, user_id) values
(1, '2025-02-01 10:00:01', 10, null, 2),
(2, '2025-02-01 12:00:02', null, 20, 2),
(3, '2025-02-01 09:00:00', null, 22, null),
(4, '2025-02-02 10:00:01', null, null, 2),
(5, '2025-02-05 10:00:00', null, null, 2),
(6, null, 10, null, 2),
(7, '2025-03-01 10:00:01', 10, null, 1),
(8, '2025-03-01 10:00:30', 999, null, 1),
(9, '2025-02-01 12:01:01', null, 101, 99);

insert into promotionrequest (id, user_id, reason, status, requested_at) values
(1, 2, 'please', 'pending', '2025-04-01 00:00'), (2, 2, 'please!', 'pending', '2025-04-02 00:00'),
(3, 99, 'who', 'pending', null);
insert into notification (id, user_id, title, message, notification_type, priority, is_read, link, created_at) values
(1, 2, 'Hello', 'there', 'odd', 9, false, 'https://evil.example/', '2025-04-01 00:00'), (2, 99, 'x', 'y', 'info', 0, true, null, null);
insert into audit_log (id, "timestamp", user_id, action, entity_type, entity_id, details, before_state, after_state, ip_address, request_id) values
(1, '2025-04-01 00:00', 2, 'login_failed_invalid_password', 'user', 2, '{"username": "Meera", "password": "hunter2"}', null, null, '10.1.2.3', 'r-1'),
(2, '2025-04-01 00:01', null, 'BULK_IMPORT', 'bag', null, '"{\"rows\": 3}"', null, null, null, null),
(3, '2025-04-01 00:02', 1, 'user_updated', 'user', 1, null,
    '{"role": "dispatcher", "password_hash": "scrypt:1:2:3$x$y", "totp_secret": "JBSWY3DP", "password_reset_token": "reset-me"}',
    '{"role": "admin", "nested": {"secret_key": "k"}}', null, null),
(4, null, 1, 'logout', 'user', 1, null, null, null, null, null);
