-- Files with one row per patient, episode or visit: which column holds what, what was imported, which rows were refused.

create table column_maps (
    organization uuid not null references organizations,
    name text not null,
    interface uuid not null,
    body jsonb not null,
    saved_at timestamptz not null,
    saved_by uuid,
    primary key (organization, name),
    foreign key (organization, interface) references interfaces
);

create table imports (
    organization uuid not null references organizations,
    id uuid not null,
    interface uuid not null,
    -- The saved column map; null until one is chosen.
    map text,
    -- The map as it was when the import began: a crash in the middle goes on with the same.
    mapping jsonb,
    file_name text not null,
    file_hash bytea not null,
    body bytea not null,
    -- Where it was found, with size and time, for a file of a watched folder.
    origin text,
    -- The moment the file speaks of.
    received_at timestamptz not null,
    received_by uuid,
    complete_from date,
    complete_until date,
    -- Null: at every location.
    complete_at uuid[],
    allow_vanishing boolean not null default false,
    state text not null default 'uploaded' check (state in ('uploaded', 'applying', 'applied', 'refused', 'withdrawn')),
    cause text,
    place text,
    cure text,
    -- How many patients are done; null until it is settled which visits vanish.
    done integer,
    patients integer,
    vanishing jsonb not null default '[]',
    counts jsonb not null default '{}',
    ended_at timestamptz,
    primary key (organization, id),
    foreign key (organization, interface) references interfaces,
    check ((complete_from is null) = (complete_until is null) and (complete_from is null or complete_from <= complete_until))
);
create index imports_by_time on imports (organization, received_at desc);
create index imports_applying on imports (organization, id) where state = 'applying';
create index imports_by_origin on imports (organization, interface, file_hash) where origin is not null;

-- A refused row waits beside the refused messages, and is replayed from there.
alter table messages add column import uuid;
alter table messages add column line integer;
alter table messages add foreign key (organization, import) references imports;

do $$
declare
    t text;
begin
    foreach t in array array['column_maps', 'imports'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format(
            'create policy own_organization on %I using (organization = current_organization()) with check (organization = current_organization())',
            t
        );
        execute format('grant select, insert, update, delete on %I to stepwell_app, stepwell_runner', t);
    end loop;
end
$$;

create policy claim on imports for select to stepwell_claimer using (true);
grant select on imports to stepwell_claimer;

create function waiting_imports() returns table (organization uuid, id uuid)
    language sql stable security definer set search_path from current
    as $$ select organization, id from imports where state = 'applying' order by received_at, id $$;

grant usage, create on schema public to stepwell_claimer;
alter function waiting_imports() owner to stepwell_claimer;
revoke create on schema public from stepwell_claimer;
revoke execute on function waiting_imports() from public;
grant execute on function waiting_imports() to stepwell_app, stepwell_runner;
