-- No practitioner is in two appointments at once, whatever the service does.
create extension if not exists btree_gist;

alter table appointments add constraint appointments_overlap
    exclude using gist (practitioner_id with =, tstzrange(starts_at, ends_at) with &&);
