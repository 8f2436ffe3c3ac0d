-- The portal knows the clinic as everybody does: of its webhooks the names, and not where they lead.
grant select (organization, name, active) on webhooks to stepwell_portal;
