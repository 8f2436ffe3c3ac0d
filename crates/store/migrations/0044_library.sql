-- The library: every version of every item that was ever published here. A patient keeps what they were given, so that a
-- version is never changed and never deleted.
create table library_items (
    organization uuid not null references organizations,
    kind text not null check (kind in ('questionnaire', 'exercise', 'education', 'care-plan', 'message')),
    id text not null,
    version integer not null check (version > 0),
    scope text not null check (scope in ('global', 'account', 'organization')),
    title text not null,
    -- An SPDX expression, or the permission in words.
    licence text not null check (licence <> ''),
    attribution text not null check (attribution <> ''),
    source text,
    languages text[] not null,
    -- Of a questionnaire: what scores it.
    instrument text,
    -- The file as it was published.
    body text not null,
    published_at timestamptz not null,
    published_by uuid,
    primary key (organization, kind, id, version)
);

alter table library_items enable row level security;
alter table library_items force row level security;
create policy own_organization on library_items using (organization = current_organization())
    with check (organization = current_organization());
grant select, insert, update, delete on library_items to stepwell_app, stepwell_runner;
