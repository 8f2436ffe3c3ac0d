-- The library: every version of every item that was ever published here. A patient keeps what they were given, so that a
-- version is never changed and never deleted; an item may be withdrawn, so that nobody is given it any more.
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
    withdrawn_at timestamptz,
    primary key (organization, kind, id, version)
);

-- Whose permission this clinic has to ask an instrument's questions.
create table instrument_licences (
    organization uuid not null references organizations,
    instrument text not null,
    words text not null check (words <> ''),
    recorded_by uuid,
    recorded_at timestamptz not null,
    primary key (organization, instrument)
);

do $$
declare
    t text;
begin
    foreach t in array array['library_items', 'instrument_licences'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy own_organization on %I using (organization = current_organization())
            with check (organization = current_organization())', t);
        execute format('grant select, insert, update, delete on %I to stepwell_app, stepwell_runner', t);
    end loop;
end
$$;
