-- `/readyz` asks, as the pages' role, whether every migration has been applied. The table is the migrator's own: it is not
-- there where the files are applied by hand, as for the query cache.
do $$
begin
    if to_regclass('_sqlx_migrations') is not null then
        grant select on _sqlx_migrations to stepwell_app, stepwell_runner;
    end if;
end
$$;
