-- How each episode goes by each form: the fold of the chart, kept so that the outcomes are one query.
create table courses (
    organization uuid not null,
    patient uuid not null,
    episode text not null,
    content text not null,
    instrument text not null,
    is_open boolean not null,
    location uuid,
    practitioner text,
    region text,
    baseline double precision,
    baseline_on date,
    latest double precision,
    latest_on date,
    asked integer not null,
    answered integer not null,
    -- A gain that matters; none where there is nothing to compare.
    gained boolean,
    -- From which day on it counts as failing to progress, if nothing else comes.
    stuck_on date,
    primary key (organization, patient, episode, content),
    foreign key (organization, patient) references patients
);
create index courses_that_are_open on courses (organization, content) where is_open;

alter table courses enable row level security;
alter table courses force row level security;
create policy own_organization on courses using (organization = current_organization())
    with check (organization = current_organization());
grant select, insert, update, delete on courses to stepwell_app, stepwell_runner;
