-- The videos that a clinic's own exercises have. Each belongs to one version, and like it is never changed.
create table library_videos (
    organization uuid not null references organizations,
    id text not null,
    version integer not null,
    -- What it was found to be, whatever its name says.
    media_type text not null check (media_type in ('video/mp4', 'video/webm')),
    body bytea not null,
    hash bytea not null,
    primary key (organization, id, version)
);
-- Read in pieces, and compressed already.
alter table library_videos alter column body set storage external;

alter table library_videos enable row level security;
alter table library_videos force row level security;
create policy own_organization on library_videos using (organization = current_organization())
    with check (organization = current_organization());
grant select, insert, update, delete on library_videos to stepwell_app, stepwell_runner;
grant select on library_videos to stepwell_portal;
