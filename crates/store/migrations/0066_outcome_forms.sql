-- The form by which a clinic measures the course of what hurts in one part of the body. Without a row: the free one.
create table outcome_forms (
    organization uuid not null references organizations,
    region text not null,
    form text not null check (form like 'questionnaire/%'),
    primary key (organization, region)
);

alter table outcome_forms enable row level security;
alter table outcome_forms force row level security;
create policy own_organization on outcome_forms using (organization = current_organization())
    with check (organization = current_organization());
grant select, insert, update, delete on outcome_forms to stepwell_app, stepwell_runner;
grant select on outcome_forms to stepwell_portal;
