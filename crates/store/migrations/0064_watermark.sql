-- While a location is silent: up to when its feed was heard. Decisions that wait for it say so.
alter table locations add column heard_until timestamptz;
