-- Workflows edited on a page: who published a version, and whether it came with Stepwell or is the clinic's own.

alter table workflows
    add column shipped boolean not null default false,
    add column published_by uuid;
alter table workflows no force row level security;
-- Until now nobody but us published any.
update workflows set shipped = true;
alter table workflows force row level security;

-- Whose runs an edit concerns.
create index runs_of_workflow on runs (organization, workflow, patient);
