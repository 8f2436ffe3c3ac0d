-- Mapping after the fact, claiming practitioners, going live in steps, what "arrived" means per location, merges that can be
-- undone. docs/HL7.md, docs/OPERATIONS.md.

-- What is moved below is moved for every organization: for that the owner stands above the wall, until the end.
alter table interfaces no force row level security;
alter table visit_types no force row level security;

-- Until then a type was mapped to no visit at all.
alter table visit_types add column hidden_until timestamptz;

-- Who is meant by an EMR's word for a practitioner: its code, or the name where there is no code.
create table practitioners_claimed (
    organization uuid not null,
    interface uuid not null,
    code text not null,
    -- The member of staff, if it is one who signs in.
    staff uuid,
    name text not null,
    since timestamptz,
    by_staff uuid,
    primary key (organization, interface, code),
    foreign key (organization, interface) references interfaces,
    foreign key (organization, staff) references staff
);
alter table practitioners_claimed enable row level security;
alter table practitioners_claimed force row level security;
create policy own_organization on practitioners_claimed using (organization = current_organization())
    with check (organization = current_organization());
grant select, insert, update, delete on practitioners_claimed to stepwell_app, stepwell_runner;

-- What the settings said so far. Codes are compared without regard to case: they are kept in capitals.
insert into visit_types (organization, interface, code, visit_type)
    select i.organization, i.id, upper(trim(t.key)), t.value ->> 'type'
    from interfaces i, jsonb_each(case jsonb_typeof(i.settings -> 'appointment_types')
        when 'object' then i.settings -> 'appointment_types' else '{}' end) t
    on conflict do nothing;
insert into practitioners_claimed (organization, interface, code, name)
    select i.organization, i.id, upper(trim(t.key)), t.value
    from interfaces i, jsonb_each_text(case jsonb_typeof(i.settings -> 'providers')
        when 'object' then i.settings -> 'providers' else '{}' end) t
    on conflict do nothing;

-- Which words came with visits, how many, and whose.
create index changes_by_visit_code on changes (organization, (body #>> '{encounter,visit_code,set}'))
    where body #>> '{encounter,visit_code,set}' is not null;
create index changes_by_practitioner_code on changes (organization, (body #>> '{encounter,practitioner_code,set}'))
    where body #>> '{encounter,practitioner_code,set}' is not null;

-- An item of the work list may be about an interface, and about no patient at all.
alter table notices
    add column interface uuid,
    add column came_from uuid,
    alter column patient drop not null;

-- Going live takes up the visits ahead patient by patient: `live_cursor` is the last one done.
alter table interfaces drop constraint interfaces_state_check;
alter table interfaces
    add constraint interfaces_state_check check (state in ('loading', 'going_live', 'live')),
    add column live_since timestamptz,
    add column live_cursor uuid;

-- The EMR says "arrived" by a charge here.
alter table locations add column charge_is_arrival boolean not null default false;

-- Merges: what came from whom goes back when the two are told apart again.
alter table external_keys add column came_from uuid;
alter table decisions add column came_from uuid;
-- The stricter answers that were written down for the united record.
alter table merges add column answers uuid[] not null default '{}';
create index merges_of_survivor on merges (organization, survivor) where undone_at is null;

alter table interfaces force row level security;
alter table visit_types force row level security;

-- Interfaces that are going live, for whoever takes up the next patients.
create policy claim on interfaces for select to stepwell_claimer using (true);
grant select on interfaces to stepwell_claimer;
create function interfaces_going_live() returns table (organization uuid, interface uuid)
    language sql stable security definer set search_path from current
    as $$ select organization, id from interfaces where state = 'going_live' $$;
grant usage, create on schema public to stepwell_claimer;
alter function interfaces_going_live() owner to stepwell_claimer;
revoke create on schema public from stepwell_claimer;
revoke execute on function interfaces_going_live() from public;
grant execute on function interfaces_going_live() to stepwell_runner;
