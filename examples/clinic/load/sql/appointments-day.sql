-- A day of one organisation, as the service lists it.
\set organisation random_zipfian(1, :organisations, 1.1)
\set day random(0, 363)
select /* name: appointments-day */ a.id, a.client_id, a.practitioner_id, p.name, a.starts_at, a.ends_at, a.note
from appointments a
join users p on p.organisation_id = a.organisation_id and p.id = a.practitioner_id
where a.organisation_id = :organisation
  and a.starts_at >= date '2026-01-05' + :day and a.starts_at < date '2026-01-06' + :day
order by a.starts_at, a.id limit 500;
