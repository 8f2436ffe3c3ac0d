-- Who administers an account goes into each of its clinics, as an administrator. There a row of theirs says by name who
-- acted; they sign in at their own clinic only.
alter table staff add column administers uuid references accounts;
alter table staff add column guest boolean not null default false;
alter table staff drop constraint staff_email_key;
create unique index staff_by_email on staff (email) where not guest;
create index staff_by_id on staff (id);

create or replace function find_staff(wanted text) returns table (organization uuid, id uuid)
    language sql stable security definer set search_path from current
    as $$ select organization, id from staff where email = wanted and not guest $$;

-- Asked with each request: taken back, or their clinic no longer in the account, it ends at once.
create function administers(person uuid, wanted uuid) returns boolean
    language sql stable security definer set search_path from current as $$
    select exists (
        select from staff s join organizations o on o.id = s.organization
        where s.id = person and not s.guest and s.role = 'admin' and s.administers = wanted and o.account = wanted
    )
$$;

grant usage, create on schema public to stepwell_claimer;
alter function administers(uuid, uuid) owner to stepwell_claimer;
revoke create on schema public from stepwell_claimer;
revoke execute on function administers(uuid, uuid) from public;
grant execute on function administers(uuid, uuid) to stepwell_app;
