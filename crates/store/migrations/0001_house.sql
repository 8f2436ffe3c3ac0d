-- The house of one clinic's data. Every table but the migrations' own carries its organization, and no foreign key
-- crosses organizations. docs/ARCHITECTURE.md, "Storage".

-- Roles: owner migrates, app serves pages, runner works. A private cluster makes them with passwords beforehand; here they
-- are made only where they are missing, so that a server of one's own works too.
do $$
declare
    wanted text;
begin
    foreach wanted in array array['stepwell_app', 'stepwell_runner', 'stepwell_claimer'] loop
        begin
            if not exists (select from pg_roles where rolname = wanted) then
                execute format('create role %I nologin nosuperuser nobypassrls', wanted);
            end if;
        exception when duplicate_object or unique_violation then
            null; -- another process was first
        end;
    end loop;
    execute format('grant stepwell_app, stepwell_runner, stepwell_claimer to %I', current_user);
exception when insufficient_privilege or invalid_grant_operation then
    raise notice 'roles are granted already';
end
$$;

-- The organization of this transaction. Unset is an error: no query works without one.
create function current_organization() returns uuid language sql stable parallel safe
    as $$ select current_setting('stepwell.organization')::uuid $$;

create table organizations (
    id uuid primary key,
    name text not null,
    zone text not null,
    phone text not null default '',
    mail_from text not null,
    created_at timestamptz not null
);

create table locations (
    organization uuid not null references organizations,
    id uuid not null,
    name text not null,
    zone text not null,
    has_emr boolean not null,
    address text not null default '',
    phone text not null default '',
    map_url text not null default '',
    booking_url text not null default '',
    first_visit_info text not null default '',
    primary key (organization, id)
);

create table staff (
    organization uuid not null references organizations,
    id uuid not null,
    email text not null unique,
    name text not null,
    role text not null check (role in ('admin', 'practitioner', 'front_desk')),
    password_hash text not null,
    primary key (organization, id)
);

create table sessions (
    organization uuid not null,
    token_hash bytea not null,
    staff uuid not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    primary key (token_hash),
    foreign key (organization, staff) references staff on delete cascade
);

create table interfaces (
    organization uuid not null references organizations,
    id uuid not null,
    name text not null,
    listen text,
    state text not null default 'loading' check (state in ('loading', 'live')),
    settings jsonb not null,
    -- Two appliers never work one interface: each batch holds this row and leaves a higher number.
    fence bigint not null default 0,
    primary key (organization, id)
);

create table messages (
    organization uuid not null,
    id uuid not null,
    interface uuid not null,
    sender text not null,
    control_id text not null,
    body_hash bytea not null,
    body bytea not null,
    received_at timestamptz not null,
    -- The receive order, given by the database.
    number bigint generated always as identity,
    state text not null default 'waiting' check (state in ('waiting', 'applied', 'ignored', 'refused')),
    kind text not null default '',
    cause text,
    place text,
    cure text,
    primary key (organization, id),
    unique (organization, interface, sender, control_id, body_hash),
    foreign key (organization, interface) references interfaces
);
create index messages_waiting on messages (organization, interface, number) where state = 'waiting';
create index messages_refused on messages (organization, number) where state = 'refused';

create table patients (
    organization uuid not null references organizations,
    id uuid not null,
    given text not null default '',
    family text not null default '',
    -- Normalised "family given" for a prefix search.
    search_name text not null default '',
    birth_date date,
    email text,
    mobile text,
    home_location uuid,
    state text not null default 'active',
    merged_into uuid,
    created_at timestamptz not null,
    primary key (organization, id)
);
create index patients_by_name on patients (organization, search_name text_pattern_ops);

-- What other systems call a patient, a visit or an episode.
create table external_keys (
    organization uuid not null,
    scope text not null,
    kind text not null check (kind in ('patient', 'appointment', 'visit', 'episode')),
    value text not null,
    id uuid not null,
    patient uuid not null,
    primary key (organization, kind, scope, value),
    foreign key (organization, patient) references patients
);

-- The truth: everything else about a patient is folded from these.
create table changes (
    organization uuid not null,
    patient uuid not null,
    id uuid not null,
    source text not null,
    stamp_at timestamptz not null,
    stamp_rank smallint not null,
    stamp_hash bigint not null,
    received_at timestamptz not null,
    message uuid,
    body jsonb not null,
    primary key (organization, patient, id),
    unique (organization, patient, source, stamp_at, stamp_rank, stamp_hash),
    foreign key (organization, patient) references patients
);

create table encounters (
    organization uuid not null,
    patient uuid not null,
    id uuid not null,
    state text not null,
    starts_at timestamptz,
    minutes integer,
    visit_type text,
    practitioner text,
    location uuid,
    primary key (organization, id),
    foreign key (organization, patient) references patients
);
create index encounters_by_start on encounters (organization, starts_at);
create index encounters_by_patient on encounters (organization, patient);

create table events (
    organization uuid not null,
    patient uuid not null,
    anchor text not null,
    event text not null,
    event_at timestamptz not null,
    known_at timestamptz not null,
    loading boolean not null,
    primary key (organization, patient, anchor),
    foreign key (organization, patient) references patients
);

create table notices (
    organization uuid not null,
    patient uuid not null,
    id uuid not null,
    kind text not null,
    about text not null,
    at timestamptz not null,
    done_at timestamptz,
    primary key (organization, id),
    unique (organization, patient, kind, about),
    foreign key (organization, patient) references patients
);

create table workflows (
    organization uuid not null references organizations,
    key text not null,
    version integer not null,
    body text not null,
    published_at timestamptz not null,
    primary key (organization, key, version)
);

create table activations (
    organization uuid not null references organizations,
    id uuid not null,
    workflow text not null,
    from_at timestamptz not null,
    until_at timestamptz,
    locations uuid[],
    activated_by uuid,
    deactivated_by uuid,
    primary key (organization, id)
);
create unique index one_open_activation on activations (organization, workflow) where until_at is null;

create table entries (
    organization uuid not null,
    patient uuid not null,
    workflow text not null,
    anchor text not null,
    reason text,
    primary key (organization, patient, workflow, anchor)
);

create table runs (
    organization uuid not null,
    patient uuid not null,
    id uuid not null,
    workflow text not null,
    version integer not null,
    anchor text not null,
    event_at timestamptz not null,
    moment timestamptz not null,
    started_at timestamptz not null,
    ended text,
    primary key (organization, id),
    unique (organization, patient, workflow, anchor),
    foreign key (organization, patient) references patients
);

create table planned_steps (
    organization uuid not null,
    patient uuid not null,
    run uuid not null,
    id uuid not null,
    step text not null,
    occurrence integer not null,
    generation integer not null,
    due timestamptz not null,
    expires timestamptz not null,
    moment timestamptz not null,
    state text not null check (state in ('pending', 'performed', 'skipped', 'cancelled')),
    ended_at timestamptz,
    reason text,
    -- When to look at it again; null while its workflow is switched off.
    run_at timestamptz,
    lease_until timestamptz,
    fence integer not null default 0,
    primary key (organization, id),
    unique (organization, run, step, occurrence, generation),
    foreign key (organization, run) references runs
);
create index planned_steps_due on planned_steps (run_at) where state = 'pending';
create index planned_steps_of_run on planned_steps (organization, run);

create table assignments (
    organization uuid not null,
    patient uuid not null,
    id uuid not null,
    run uuid not null,
    planned_step uuid not null,
    content text not null,
    assigned_at timestamptz not null,
    completed_at timestamptz,
    -- What the patient answered.
    answer jsonb,
    primary key (organization, id),
    foreign key (organization, run) references runs
);

create table deliveries (
    organization uuid not null,
    patient uuid not null,
    id uuid not null,
    run uuid not null,
    planned_step uuid not null,
    step text not null,
    occurrence integer not null,
    generation integer not null,
    task integer not null,
    channel text not null,
    workflow text not null,
    version integer not null,
    anchor text not null,
    template text not null,
    calendar boolean not null,
    category text not null,
    address text not null,
    assignment uuid,
    uncertain text not null,
    not_before timestamptz not null,
    expires timestamptz not null,
    queued_at timestamptz not null,
    state text not null check (state in ('queued', 'sending', 'uncertain', 'sent', 'ended')),
    ended_at timestamptz,
    reason text,
    attempts integer not null default 0,
    run_at timestamptz,
    lease_until timestamptz,
    fence integer not null default 0,
    primary key (organization, id),
    unique (organization, run, step, occurrence, generation, task, channel),
    foreign key (organization, run) references runs
);
create index deliveries_due on deliveries (run_at) where state in ('queued', 'sending');
create index deliveries_of_patient on deliveries (organization, patient);

create table attempts (
    organization uuid not null,
    delivery uuid not null,
    number integer not null,
    started_at timestamptz not null,
    ended_at timestamptz,
    outcome text,
    reply text,
    primary key (organization, delivery, number),
    foreign key (organization, delivery) references deliveries
);

create table decisions (
    organization uuid not null,
    patient uuid not null,
    id uuid not null,
    at timestamptz not null,
    workflow text not null,
    version integer not null,
    anchor text not null,
    run uuid,
    step text,
    occurrence integer,
    generation integer,
    due timestamptz,
    verdict text not null,
    reason text,
    detail jsonb not null,
    tasks jsonb not null,
    primary key (organization, id)
);
create index decisions_of_patient on decisions (organization, patient, at);
create index decisions_of_workflow on decisions (organization, workflow, at);

create table suppressions (
    organization uuid not null references organizations,
    channel text not null,
    address text not null,
    reason text not null,
    at timestamptz not null,
    primary key (organization, channel, address)
);

-- The second wall: with no organization set, every query fails; with one, only its rows exist.
do $$
declare
    t text;
begin
    for t in select tablename from pg_tables where schemaname = current_schema() and tablename <> '_sqlx_migrations' loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format(
            'create policy own_organization on %I using (%I = current_organization()) with check (%I = current_organization())',
            t,
            case t when 'organizations' then 'id' else 'organization' end,
            case t when 'organizations' then 'id' else 'organization' end
        );
        execute format('grant select, insert, update, delete on %I to stepwell_app, stepwell_runner', t);
    end loop;
end
$$;

-- What must look across organizations does so through these functions only, and learns ids, never content.
create policy claim on planned_steps to stepwell_claimer using (true) with check (true);
create policy claim on deliveries to stepwell_claimer using (true) with check (true);
create policy claim on messages for select to stepwell_claimer using (true);
create policy claim on organizations for select to stepwell_claimer using (true);
create policy claim on staff for select to stepwell_claimer using (true);
create policy claim on sessions for select to stepwell_claimer using (true);
grant select, update on planned_steps, deliveries to stepwell_claimer;
grant select on messages, organizations, staff, sessions to stepwell_claimer;

create function list_organizations() returns table (id uuid)
    language sql stable security definer set search_path from current
    as $$ select id from organizations order by id $$;

create function find_staff(wanted text) returns table (organization uuid, id uuid)
    language sql stable security definer set search_path from current
    as $$ select organization, id from staff where email = wanted $$;

create function find_session(wanted bytea, at timestamptz) returns table (organization uuid, staff uuid)
    language sql stable security definer set search_path from current
    as $$ select organization, staff from sessions where token_hash = wanted and expires_at > at $$;

create function waiting_interfaces() returns table (organization uuid, interface uuid)
    language sql stable security definer set search_path from current
    as $$ select distinct organization, interface from messages where state = 'waiting' $$;

-- Claims: due rows get a lease and a higher fence; who comes later with an older fence has lost them. `since` keeps the
-- scan off the dead head of the index; a sweep with '-infinity' comes along every few seconds.
create function claim_steps(at timestamptz, since timestamptz, lease interval, most integer)
    returns table (organization uuid, patient uuid, id uuid, fence integer, run_at timestamptz)
    language sql volatile security definer set search_path from current as $$
    with due as (
        select s.organization, s.id from planned_steps s
        where s.state = 'pending' and s.run_at <= at and s.run_at >= since
          and (s.lease_until is null or s.lease_until < at)
        order by s.run_at limit most for update skip locked
    )
    update planned_steps s set lease_until = at + lease, fence = s.fence + 1
    from due where s.organization = due.organization and s.id = due.id
    returning s.organization, s.patient, s.id, s.fence, s.run_at
$$;

create function claim_deliveries(at timestamptz, since timestamptz, lease interval, most integer)
    returns table (organization uuid, patient uuid, id uuid, fence integer, was_sending boolean)
    language sql volatile security definer set search_path from current as $$
    with due as (
        select d.organization, d.id, d.state from deliveries d
        where d.state in ('queued', 'sending') and d.run_at <= at and d.run_at >= since
          and (d.lease_until is null or d.lease_until < at)
        order by d.run_at limit most for update skip locked
    )
    update deliveries d set lease_until = at + lease, fence = d.fence + 1
    from due where d.organization = due.organization and d.id = due.id
    returning d.organization, d.patient, d.id, d.fence, due.state = 'sending'
$$;

-- When the next step or delivery falls due, for a sleep that ends in time.
create function next_due() returns timestamptz
    language sql stable security definer set search_path from current as $$
    select least(
        (select min(run_at) from planned_steps where state = 'pending' and run_at is not null),
        (select min(run_at) from deliveries where state in ('queued', 'sending') and run_at is not null)
    )
$$;

grant usage, create on schema public to stepwell_claimer;
alter function list_organizations() owner to stepwell_claimer;
alter function find_staff(text) owner to stepwell_claimer;
alter function find_session(bytea, timestamptz) owner to stepwell_claimer;
alter function waiting_interfaces() owner to stepwell_claimer;
alter function claim_steps(timestamptz, timestamptz, interval, integer) owner to stepwell_claimer;
alter function claim_deliveries(timestamptz, timestamptz, interval, integer) owner to stepwell_claimer;
alter function next_due() owner to stepwell_claimer;
revoke create on schema public from stepwell_claimer;

revoke execute on function list_organizations(), find_staff(text), find_session(bytea, timestamptz),
    waiting_interfaces(), claim_steps(timestamptz, timestamptz, interval, integer),
    claim_deliveries(timestamptz, timestamptz, interval, integer), next_due() from public;
grant execute on function list_organizations() to stepwell_app, stepwell_runner;
grant execute on function find_staff(text), find_session(bytea, timestamptz) to stepwell_app;
grant execute on function waiting_interfaces(), claim_steps(timestamptz, timestamptz, interval, integer),
    claim_deliveries(timestamptz, timestamptz, interval, integer), next_due() to stepwell_runner, stepwell_app;
grant usage on schema public to stepwell_app, stepwell_runner;
