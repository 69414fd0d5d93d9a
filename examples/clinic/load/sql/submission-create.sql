-- A filled form of a client, in one transaction.
\set organisation random_zipfian(1, :organisations, 1.1)
\set member random(0, 19)
begin;
select /* name: client-by-place */ id as client from clients
where organisation_id = :organisation order by search_name, id offset :member limit 1 \gset
select /* name: form-first */ id as form from forms where organisation_id = :organisation order by id limit 1 \gset
insert /* name: submission-create */ into submissions (organisation_id, form_id, client_id, submitted_at, answers)
values (:organisation, :form, :client, now(), '{"answers": "as given"}');
end;
