-- The right by which a clinic uses an instrument whose words are not free: what was said last of it stands.
create table instrument_licences (
    organization uuid not null references organizations,
    n bigint generated always as identity,
    instrument text not null,
    -- From whom, and the contract or permission. Null: taken back.
    granted_by text check (granted_by <> ''),
    reference text check (reference <> ''),
    at timestamptz not null,
    said_by uuid not null,
    primary key (organization, n),
    check ((granted_by is null) = (reference is null))
);

alter table instrument_licences enable row level security;
alter table instrument_licences force row level security;
create policy own_organization on instrument_licences using (organization = current_organization())
    with check (organization = current_organization());
grant select, insert, update, delete on instrument_licences to stepwell_app, stepwell_runner;
grant select on instrument_licences to stepwell_portal;
