-- What is needed once an event is over: when it was closed, and which mails tell of its guests.

-- When it was closed, in UTC microseconds: what a device let in before, without a network, counts. Events that were closed
-- before this was kept have none: nothing that is told of them later counts.
alter table events add column closed_at integer;

-- Which pass a mail was about, whatever address its guest has now: erasing a guest erases their mails.
create table pass_mails (
    mail_id integer primary key,
    pass_id text not null
) strict;
create index pass_mails_by_pass on pass_mails (pass_id);
