-- The guard of a feed: when it was last heard, and since when it is silent. And days that will be opened again.

create table feeds (
    organization uuid not null,
    interface uuid not null,
    -- Since when it is expected to speak: null while it loads or nobody guards it.
    watched_since timestamptz,
    -- When the last message that was read had come, and when the newest one was sent by the sender's clock.
    heard_at timestamptz,
    newest_at timestamptz,
    -- Silent: when the last message before had come.
    silent_since timestamptz,
    -- Staff let go what was held.
    released_at timestamptz,
    released_by uuid,
    -- The locations it holds up while it is silent.
    silenced uuid[] not null default '{}',
    -- When to look at it again.
    check_at timestamptz,
    primary key (organization, interface),
    foreign key (organization, interface) references interfaces
);
create index feeds_to_check on feeds (check_at) where check_at is not null;

-- A day that is opened again stays closed for the minute in which that can be undone.
alter table closed_days add column opens_at timestamptz;
create index closed_days_to_open on closed_days (opens_at) where opens_at is not null;

-- What waits for a switch, a feed or a day.
create index planned_steps_held on planned_steps (organization, patient) where state = 'pending' and run_at is null;

alter table feeds enable row level security;
alter table feeds force row level security;
create policy own_organization on feeds using (organization = current_organization())
    with check (organization = current_organization());
grant select, insert, update, delete on feeds to stepwell_app, stepwell_runner;

create policy claim on feeds for select to stepwell_claimer using (true);
create policy claim on closed_days for select to stepwell_claimer using (true);
grant select (organization, interface, check_at) on feeds to stepwell_claimer;
grant select (organization, opens_at) on closed_days to stepwell_claimer;

create function feeds_to_check(at timestamptz) returns table (organization uuid, interface uuid)
    language sql stable security definer set search_path from current
    as $$ select f.organization, f.interface from feeds f where f.check_at <= at order by f.check_at limit 100 $$;

create function days_to_open(at timestamptz) returns table (organization uuid)
    language sql stable security definer set search_path from current
    as $$ select distinct d.organization from closed_days d where d.opens_at <= at $$;

-- When a feed is to be looked at, or a day opens again.
create function next_look() returns timestamptz
    language sql stable security definer set search_path from current as $$
    select least(
        (select min(check_at) from feeds where check_at is not null),
        (select min(opens_at) from closed_days where opens_at is not null)
    )
$$;

grant usage, create on schema public to stepwell_claimer;
alter function feeds_to_check(timestamptz) owner to stepwell_claimer;
alter function days_to_open(timestamptz) owner to stepwell_claimer;
alter function next_look() owner to stepwell_claimer;
revoke create on schema public from stepwell_claimer;
revoke execute on function feeds_to_check(timestamptz), days_to_open(timestamptz), next_look() from public;
grant execute on function feeds_to_check(timestamptz), days_to_open(timestamptz), next_look()
    to stepwell_runner, stepwell_app;
