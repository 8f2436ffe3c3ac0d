-- When texts may go out, on the patient's clock: a clinic's own hours are within those of the law.
alter table organizations add column text_hours text not null default '08:00-21:00'
    check (text_hours ~ '^\d\d:\d\d-\d\d:\d\d$' and left(text_hours, 5) >= '08:00' and right(text_hours, 5) <= '21:00'
        and left(text_hours, 5) < right(text_hours, 5));

-- The Message-ID a delivery went out with: by it a mail that comes back is known.
alter table deliveries add column mail_id text;
create index deliveries_by_mail on deliveries (mail_id) where mail_id is not null;

-- What a mail server said of a mail after it had taken it.
create table mail_reports (
    organization uuid not null,
    delivery uuid not null,
    kind text not null check (kind in ('back', 'late', 'complained')),
    -- Such as 5.1.1; empty for a complaint.
    status text not null,
    at timestamptz not null,
    primary key (organization, delivery, kind, status),
    foreign key (organization, delivery) references deliveries
);

alter table mail_reports enable row level security;
alter table mail_reports force row level security;
create policy own_organization on mail_reports using (organization = current_organization())
    with check (organization = current_organization());
grant select, insert, update, delete on mail_reports to stepwell_app, stepwell_runner;

-- Whose mail it was: a report does not say of which clinic it is.
create function find_mail(wanted text) returns table (organization uuid, delivery uuid)
    language sql stable security definer set search_path from current
    as $$ select d.organization, d.id from deliveries d where d.mail_id = wanted limit 1 $$;

grant usage, create on schema public to stepwell_claimer;
alter function find_mail(text) owner to stepwell_claimer;
revoke create on schema public from stepwell_claimer;
revoke execute on function find_mail(text) from public;
grant execute on function find_mail(text) to stepwell_runner;
