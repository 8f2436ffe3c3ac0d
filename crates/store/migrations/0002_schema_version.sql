-- `/readyz` asks, as the pages' role, whether every migration has been applied.
grant select on _sqlx_migrations to stepwell_app, stepwell_runner;
