-- What the whole of the semantics needs (docs/SEMANTICS.md): covers, edits, closed days, silent feeds, joined messages,
-- assignments as changes, events of time, shared contact points, merges that can be undone.

alter table events add column covered boolean not null default false;
alter table runs add column covered boolean not null default false;
alter table planned_steps add column place uuid;
alter table activations add column cover boolean not null default false;

alter table deliveries
    add column due timestamptz,
    add column waits_for text,
    -- The message it goes as a part of.
    add column joined_into uuid;
update deliveries d set due = s.due from planned_steps s
    where s.organization = d.organization and s.id = d.planned_step;
alter table deliveries alter column due set not null;
alter table deliveries drop constraint deliveries_state_check;
alter table deliveries add constraint deliveries_state_check
    check (state in ('queued', 'sending', 'uncertain', 'joined', 'sent', 'ended'));
create index deliveries_to_address on deliveries (organization, channel, address);
create index deliveries_joined on deliveries (organization, joined_into) where state = 'joined';

-- When time alone will change what is known of a patient.
alter table patients add column wake_at timestamptz;
create index patients_to_wake on patients (wake_at) where wake_at is not null;

create table contact_points (
    organization uuid not null,
    patient uuid not null,
    channel text not null,
    address text not null,
    primary key (organization, channel, address, patient),
    foreign key (organization, patient) references patients
);
create index contact_points_of_patient on contact_points (organization, patient);

-- What a newer version did to the runs in flight.
create table workflow_edits (
    organization uuid not null references organizations,
    workflow text not null,
    version integer not null,
    in_flight text not null check (in_flight in ('stay', 'move', 'stop')),
    at timestamptz not null,
    by_staff uuid,
    primary key (organization, workflow, version)
);

create table closed_days (
    organization uuid not null,
    location uuid not null,
    day date not null,
    reason text not null default '',
    by_staff uuid,
    primary key (organization, location, day),
    foreign key (organization, location) references locations
);

alter table locations
    add column arrived_after_hours integer check (arrived_after_hours > 0),
    add column ended_after_days integer check (ended_after_days > 0),
    -- Its feed is silent, and staff have not said to go on all the same.
    add column silent boolean not null default false,
    add column review_links jsonb not null default '[]';

alter table organizations
    add column texts_a_day integer not null default 1,
    add column texts_a_week integer not null default 3,
    add column emails_a_day integer not null default 2,
    -- Channels and categories for which an address given is basis enough, as "email:care".
    add column consent_basis text[] not null
        default '{email:care,email:outcomes,email:feedback,text:care,text:outcomes}';

-- What an EMR's appointment type means: null is no visit at all. `since`: said after visits of that type had come.
create table visit_types (
    organization uuid not null,
    interface uuid not null,
    code text not null,
    visit_type text,
    since timestamptz,
    by_staff uuid,
    primary key (organization, interface, code),
    foreign key (organization, interface) references interfaces
);

alter table notices
    add column text text not null default '',
    add column due_by timestamptz,
    add column workflow text;

-- An assignment is a change of the chart; the table is its fold, like the other tables of the chart.
insert into changes (organization, patient, id, source, stamp_at, stamp_rank, stamp_hash, received_at, body)
    select organization, patient, id, '"system"', assigned_at, 0, hashtextextended(id::text, 0), assigned_at,
        jsonb_build_object('assignment', jsonb_build_object('assignment', id, 'act', jsonb_build_object('give',
            jsonb_build_object('content', content, 'due', to_char(assigned_at at time zone 'UTC' + interval '7 days', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                'run', run, 'episode', null, 'depth', 1))))
    from assignments on conflict do nothing;
insert into changes (organization, patient, id, source, stamp_at, stamp_rank, stamp_hash, received_at, body)
    select organization, patient, gen_random_uuid(), '"patient"', completed_at, 0, hashtextextended(id::text, 1), completed_at,
        jsonb_build_object('assignment', jsonb_build_object('assignment', id, 'act', jsonb_build_object('complete',
            jsonb_build_object('score', ((answer ->> 'score')::numeric * 100)::bigint,
                'answers', case when coalesce(answer ->> 'comment', '') = '' then '{}'::jsonb
                    else jsonb_build_object('comment', answer ->> 'comment') end))))
    from assignments where completed_at is not null on conflict do nothing;
alter table assignments
    alter column run drop not null,
    alter column planned_step drop not null,
    add column due timestamptz,
    add column withdrawn_at timestamptz,
    add column score double precision;
alter table assignments drop constraint assignments_organization_run_fkey;
create index assignments_of_patient on assignments (organization, patient);

-- Which patient a row was written for, when that is not whom it belongs to now: two records were one person.
alter table changes add column came_from uuid;
alter table runs add column came_from uuid;
alter table deliveries add column came_from uuid;
create table merges (
    organization uuid not null,
    gone uuid not null,
    survivor uuid not null,
    at timestamptz not null,
    undone_at timestamptz,
    by_staff uuid,
    primary key (organization, gone, at),
    foreign key (organization, survivor) references patients
);

do $$
declare
    t text;
begin
    foreach t in array array['contact_points', 'workflow_edits', 'closed_days', 'visit_types', 'merges'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy own_organization on %I using (organization = current_organization())
            with check (organization = current_organization())', t);
        execute format('grant select, insert, update, delete on %I to stepwell_app, stepwell_runner', t);
    end loop;
end
$$;

create policy claim on patients to stepwell_claimer using (true) with check (true);
grant select (organization, id, wake_at), update (wake_at) on patients to stepwell_claimer;

-- Patients that time has come for. The claim moves the moment on, so that a crash brings them up again.
create function claim_wakes(at timestamptz, lease interval, most integer)
    returns table (organization uuid, patient uuid)
    language sql volatile security definer set search_path from current as $$
    with due as (
        select p.organization, p.id from patients p where p.wake_at <= at
        order by p.wake_at limit most for update skip locked
    )
    update patients p set wake_at = at + lease from due where p.organization = due.organization and p.id = due.id
    returning p.organization, p.id
$$;

create or replace function next_due() returns timestamptz
    language sql stable security definer set search_path from current as $$
    select least(
        (select min(run_at) from planned_steps where state = 'pending' and run_at is not null),
        (select min(run_at) from deliveries where state in ('queued', 'sending') and run_at is not null),
        (select min(wake_at) from patients where wake_at is not null)
    )
$$;

grant usage, create on schema public to stepwell_claimer;
alter function claim_wakes(timestamptz, interval, integer) owner to stepwell_claimer;
revoke create on schema public from stepwell_claimer;
revoke execute on function claim_wakes(timestamptz, interval, integer) from public;
grant execute on function claim_wakes(timestamptz, interval, integer) to stepwell_runner, stepwell_app;
