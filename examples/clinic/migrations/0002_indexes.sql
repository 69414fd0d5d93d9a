-- The names of these four are what CLINIC_FAULT_DROP_INDEX takes, besides the two after them.
create index appointments_by_day on appointments (organisation_id, starts_at);
create index clients_by_name on clients (organisation_id, search_name);
create index submissions_by_form on submissions (organisation_id, form_id, id);
create index submissions_by_client on submissions (organisation_id, client_id, id);
create index appointments_by_client on appointments (organisation_id, client_id, starts_at);
create index segments_by_organisation on segments (organisation_id);
