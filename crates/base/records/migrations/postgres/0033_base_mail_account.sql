-- A mail whose words hold what an account may see: it is sent only while the account is active and has this address, and is
-- taken back when what the account may see changes. Null for every other mail.

alter table mails add column about_account bigint;
create index mails_by_account on mails (about_account) where about_account is not null;
