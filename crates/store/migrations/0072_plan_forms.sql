-- The questionnaires that a care plan names, taken from its file when it is published: whoever gives the plan gives them
-- too. In a file a reference has no other shape, and stands nowhere but in the plan's list.
create function questionnaires_named(body text) returns text[] language sql immutable parallel safe
    as $$ select coalesce(array_agg(found[1]), '{}') from regexp_matches(body, '"(questionnaire/[a-z0-9-]+)"', 'g') as found $$;

alter table library_items add column plan_forms text[] not null
    generated always as (case when kind = 'care-plan' then questionnaires_named(body) else '{}' end) stored;
