-- Systems beside ours that a step may tell something. Their secrets are not here: they follow from links.key.

create table webhooks (
    organization uuid not null references organizations,
    id uuid not null,
    -- What a task calls it by.
    name text not null,
    url text not null,
    active boolean not null default true,
    made_at timestamptz not null,
    made_by uuid,
    primary key (organization, id),
    unique (organization, name)
);

alter table webhooks enable row level security;
alter table webhooks force row level security;
create policy own_organization on webhooks using (organization = current_organization())
    with check (organization = current_organization());
grant select, insert, update, delete on webhooks to stepwell_app, stepwell_runner;
