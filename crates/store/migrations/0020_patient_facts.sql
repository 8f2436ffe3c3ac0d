-- What patient groups ask about, kept beside the patient so that a group is counted by one query. Folded like the rest of
-- the row; `facts_version` says by which version of the projection, and 0 is none: see crates/store/src/patient_facts.rs.
alter table patients
    add column sex text,
    add column language text,
    -- As the chart says; without it that of the home location counts, and without that the organization's.
    add column zone text,
    add column registered boolean not null default false,
    add column tags text[] not null default '{}',
    -- There is an address, and it can be meant.
    add column has_email boolean not null default false,
    add column has_mobile boolean not null default false,
    add column any_episode_open boolean not null default false,
    add column visits_arrived integer not null default 0,
    add column open_forms integer not null default 0,
    -- Categories with a yes on record.
    add column consents text[] not null default '{}',
    add column facts_version smallint not null default 0;

-- Whole years on a day, as care's `Patient::age_on` counts them: an interval of years ends on 28 February where there is
-- no 29th. One expression, so that the planner puts it in the place of the call.
create function age_on(born date, day date) returns integer language sql immutable parallel safe as $$
    select (extract(year from day) - extract(year from born))::integer
        - (day < born + make_interval(years => (extract(year from day) - extract(year from born))::integer))::integer
$$;
