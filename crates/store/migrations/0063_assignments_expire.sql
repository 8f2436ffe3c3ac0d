-- From when on a form is no longer asked for. How many are open changes by the mere passing of time, so that it is counted
-- from the assignments and not kept beside the patient. Rows from before are written again with their chart.
alter table assignments add column expires_at timestamptz;
alter table patients drop column open_forms;
