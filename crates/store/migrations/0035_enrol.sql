-- Patients put on a workflow together: who was counted, and how far it is.
create table enrolment_lists (
    organization uuid not null references organizations,
    id uuid not null,
    workflow text not null,
    -- The filter in words, for the page; the patients are those it had when they were counted.
    filter text not null,
    patients uuid[] not null,
    moment jsonb not null,
    made_at timestamptz not null,
    made_by uuid not null,
    state text not null default 'enrolling'
        check (state in ('enrolling', 'enrolled', 'stopping', 'stopped', 'failed')),
    -- How many of the patients are done, from the first on.
    enrolled integer not null default 0,
    stopped integer not null default 0,
    stopped_at timestamptz,
    stopped_by uuid,
    primary key (organization, id),
    check ((stopped_at is null) = (stopped_by is null))
);
create index enrolment_lists_by_time on enrolment_lists (organization, workflow, made_at desc);
create index enrolment_lists_under_way on enrolment_lists (organization, id) where state in ('enrolling', 'stopping');

alter table enrolment_lists enable row level security;
alter table enrolment_lists force row level security;
create policy own_organization on enrolment_lists using (organization = current_organization()) with check (organization = current_organization());
grant select, insert, update, delete on enrolment_lists to stepwell_app, stepwell_runner;

create policy claim on enrolment_lists for select to stepwell_claimer using (true);
grant select on enrolment_lists to stepwell_claimer;

create function waiting_enrolment_lists() returns table (organization uuid, id uuid)
    language sql stable security definer set search_path from current
    as $$ select organization, id from enrolment_lists where state in ('enrolling', 'stopping') order by made_at, id $$;

grant usage, create on schema public to stepwell_claimer;
alter function waiting_enrolment_lists() owner to stepwell_claimer;
revoke create on schema public from stepwell_claimer;
revoke execute on function waiting_enrolment_lists() from public;
grant execute on function waiting_enrolment_lists() to stepwell_app, stepwell_runner;
