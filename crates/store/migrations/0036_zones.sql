-- The zone table by which what is pending was computed: another one computes it anew.
alter table organizations add column zone_table text;
