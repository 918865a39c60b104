-- Where a bill goes and with which vehicle.
alter table bills add column destination text not null default '';
alter table bills add column vehicle_number text not null default '';
alter table removed_bills add column destination text not null default '';
alter table removed_bills add column vehicle_number text not null default '';
