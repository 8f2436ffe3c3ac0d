-- The portal: what patients see. It reads under a role of its own, which sees one patient's rows and no other's.
do $$
begin
    if not exists (select from pg_roles where rolname = 'stepwell_portal') then
        create role stepwell_portal nologin nosuperuser nobypassrls;
    end if;
    execute format('grant stepwell_portal to %I', current_user);
exception
    when duplicate_object or unique_violation then
        null; -- another process was first
    when insufficient_privilege or invalid_grant_operation then
        raise notice 'the role is granted already';
end
$$;

-- The patient of this transaction. Unset is an error: the portal asks nothing without one.
create function current_patient() returns uuid language sql stable parallel safe
    as $$ select current_setting('stepwell.patient')::uuid $$;

create table portal_sessions (
    organization uuid not null,
    token_hash bytea not null,
    patient uuid not null,
    began_at timestamptz not null,
    expires_at timestamptz not null,
    primary key (token_hash),
    foreign key (organization, patient) references patients
);

-- A link opens the portal once; only a birth date that was right uses it up.
create table portal_links (
    organization uuid not null,
    delivery uuid not null,
    used_at timestamptz not null,
    primary key (organization, delivery),
    foreign key (organization, delivery) references deliveries
);

-- Birth dates that were wrong: after some of them the patient's door is shut for a while, whatever the link.
create table portal_tries (
    organization uuid not null,
    patient uuid not null,
    at timestamptz not null,
    foreign key (organization, patient) references patients
);
create index portal_tries_of_patient on portal_tries (organization, patient, at);

-- A form under way. What is handed in is a change of the chart; until then nobody but its patient reads it.
create table drafts (
    organization uuid not null,
    patient uuid not null,
    assignment uuid not null,
    answers jsonb not null,
    saved_at timestamptz not null,
    primary key (organization, assignment),
    foreign key (organization, patient) references patients
);

-- "Done today", by exercise.
create table done_marks (
    organization uuid not null,
    patient uuid not null,
    assignment uuid not null,
    item text not null,
    day date not null,
    at timestamptz not null,
    primary key (organization, assignment, item, day),
    foreign key (organization, patient) references patients
);
create index done_marks_of_patient on done_marks (organization, patient, day);

do $$
declare
    t text;
begin
    foreach t in array array['portal_sessions', 'portal_links', 'portal_tries', 'drafts', 'done_marks'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy own_organization on %I using (organization = current_organization())
            with check (organization = current_organization())', t);
        execute format('grant select, insert, update, delete on %I to stepwell_app, stepwell_runner', t);
    end loop;
    foreach t in array array['changes', 'drafts', 'done_marks'] loop
        execute format('create policy own_patient on %I as restrictive to stepwell_portal
            using (patient = current_patient()) with check (patient = current_patient())', t);
    end loop;
end
$$;
create policy own_patient on patients as restrictive to stepwell_portal using (id = current_patient());

grant select on organizations, locations, closed_days, visit_types, practitioners_claimed, library_items, patients, changes
    to stepwell_portal;
grant select, insert, update, delete on drafts, done_marks to stepwell_portal;

create policy claim on portal_sessions for select to stepwell_claimer using (true);
grant select on portal_sessions to stepwell_claimer;

create function find_portal_session(wanted bytea, at timestamptz) returns table (organization uuid, patient uuid)
    language sql stable security definer set search_path from current
    as $$ select organization, patient from portal_sessions where token_hash = wanted and expires_at > at $$;
grant usage, create on schema public to stepwell_claimer;
alter function find_portal_session(bytea, timestamptz) owner to stepwell_claimer;
revoke create on schema public from stepwell_claimer;
revoke execute on function find_portal_session(bytea, timestamptz) from public;
grant execute on function find_portal_session(bytea, timestamptz) to stepwell_app;
