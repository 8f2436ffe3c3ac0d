-- A device of the clinic's that is handed over has a session that can do one form and nothing else.
alter table portal_sessions
    add column only_assignment uuid,
    add column handed_by uuid,
    add constraint handed_over check ((only_assignment is null) = (handed_by is null));

drop function find_portal_session(bytea, timestamptz);
create function find_portal_session(wanted bytea, at timestamptz)
    returns table (organization uuid, patient uuid, only_assignment uuid, handed_by uuid)
    language sql stable security definer set search_path from current
    as $$ select organization, patient, only_assignment, handed_by from portal_sessions
          where token_hash = wanted and expires_at > at $$;
grant usage, create on schema public to stepwell_claimer;
alter function find_portal_session(bytea, timestamptz) owner to stepwell_claimer;
revoke create on schema public from stepwell_claimer;
revoke execute on function find_portal_session(bytea, timestamptz) from public;
grant execute on function find_portal_session(bytea, timestamptz) to stepwell_app;
