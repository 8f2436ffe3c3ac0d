-- What an edit, a switch, an interface that goes live or a rehearsal would do, counted in the background. The answer is
-- written as a whole or not at all; the id stands for the question, with the versions and switches it was asked under.
create table previews (
    organization uuid not null references organizations,
    id uuid not null,
    question jsonb not null,
    asked_at timestamptz not null,
    -- Patients looked at, of how many.
    done integer not null default 0,
    patients integer not null default 0,
    answered_at timestamptz,
    answer jsonb,
    -- It broke off: the log says why.
    failed boolean not null default false,
    primary key (organization, id),
    check ((answered_at is null) = (answer is null))
);

alter table previews enable row level security;
alter table previews force row level security;
create policy own_organization on previews using (organization = current_organization()) with check (organization = current_organization());
grant select, insert, update, delete on previews to stepwell_app, stepwell_runner;
