-- Who said STOP for an address, and who took it back: the row stays, so that both can be told.
alter table suppressions
    add column by_staff uuid,
    add column lifted_at timestamptz,
    add column lifted_by uuid;
