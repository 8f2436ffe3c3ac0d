-- Accounts: organizations that share content. What an account has published stands here once; each of its organizations
-- has it in its own library too, so that what a patient was given is still there when the organization leaves.
create table accounts (
    id uuid primary key,
    name text not null,
    created_at timestamptz not null
);
create unique index accounts_by_name on accounts (lower(name));

alter table organizations add column account uuid references accounts;

-- Of an item of scope account: whose it is. Another account's item of that name is another item.
alter table library_items add column account uuid references accounts;
alter table library_items add constraint account_named check ((scope = 'account') = (account is not null));

-- Every version of every item that an account published; as in library_items, never changed and never deleted.
create table account_items (
    account uuid not null references accounts,
    kind text not null check (kind in ('questionnaire', 'exercise', 'education', 'care-plan', 'message')),
    id text not null,
    version integer not null check (version > 0),
    title text not null,
    licence text not null check (licence <> ''),
    attribution text not null check (attribution <> ''),
    source text,
    languages text[] not null,
    instrument text,
    body text not null,
    published_at timestamptz not null,
    published_by uuid,
    primary key (account, kind, id, version)
);

create table account_videos (
    account uuid not null references accounts,
    id text not null,
    version integer not null,
    media_type text not null check (media_type in ('video/mp4', 'video/webm')),
    body bytea not null,
    hash bytea not null,
    primary key (account, id, version)
);
alter table account_videos alter column body set storage external;

-- The wall of these tables. Without an account set, it is that of the transaction's organization, which may read;
-- only who works for the account itself may write.
create function own_account() returns uuid language sql stable parallel safe as $$
    select coalesce(nullif(current_setting('stepwell.account', true), '')::uuid,
        (select account from organizations where id = current_organization()))
$$;

do $$
declare
    t text;
    whose text;
begin
    foreach t in array array['accounts', 'account_items', 'account_videos'] loop
        whose := case t when 'accounts' then 'id' else 'account' end;
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy own_account on %I for select using (%I = (select own_account()))', t, whose);
        execute format(
            'create policy the_account on %I for insert '
                'with check (%I = nullif(current_setting(''stepwell.account'', true), '''')::uuid)',
            t, whose
        );
        execute format('grant select, insert on %I to stepwell_app', t);
        execute format('grant select on %I to stepwell_runner', t);
    end loop;
end
$$;

create policy claim on accounts for select to stepwell_claimer using (true);
grant select on accounts to stepwell_claimer;

create function list_accounts() returns table (id uuid)
    language sql stable security definer set search_path from current
    as $$ select id from accounts order by id $$;
create function organizations_of(wanted uuid) returns table (id uuid)
    language sql stable security definer set search_path from current
    as $$ select id from organizations where account = wanted order by id $$;

grant usage, create on schema public to stepwell_claimer;
alter function list_accounts() owner to stepwell_claimer;
alter function organizations_of(uuid) owner to stepwell_claimer;
revoke create on schema public from stepwell_claimer;
revoke execute on function list_accounts(), organizations_of(uuid) from public;
grant execute on function list_accounts(), organizations_of(uuid) to stepwell_app;
