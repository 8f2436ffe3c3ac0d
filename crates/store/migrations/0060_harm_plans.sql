-- Who acts on an answer that may mean harm. Each row is what somebody said, and the last one stands; rows stay, so that
-- it can be told who said what and when.
create table harm_plans (
    organization uuid not null references organizations,
    id uuid not null,
    at timestamptz not null,
    said_by uuid not null,
    -- None of these: what was said before was taken back.
    on_call uuid,
    cover uuid,
    hours jsonb,
    crisis_en text check (crisis_en <> ''),
    crisis_es text check (crisis_es <> ''),
    by_link boolean not null default false,
    -- What was said last, also of two at one instant.
    nth bigint not null generated always as identity,
    primary key (organization, id),
    check (num_nulls(on_call, cover, hours, crisis_en) in (0, 4)),
    check (on_call is not null or not by_link),
    check (on_call <> cover),
    foreign key (organization, said_by) references staff,
    foreign key (organization, on_call) references staff,
    foreign key (organization, cover) references staff
);
create index harm_plans_in_order on harm_plans (organization, nth);

alter table harm_plans enable row level security;
alter table harm_plans force row level security;
create policy own_organization on harm_plans using (organization = current_organization())
    with check (organization = current_organization());
grant select, insert, update, delete on harm_plans to stepwell_app, stepwell_runner;
grant select on harm_plans to stepwell_portal;

-- Whose an item of the work list is, where it is somebody's.
alter table notices add column for_staff uuid;
