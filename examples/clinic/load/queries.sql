-- What the clinic asks most often of a large organisation, to be executed under EXPLAIN.

-- name: appointments-of-day
select a.id, a.client_id, a.practitioner_id, p.name, a.starts_at, a.ends_at, a.note
from appointments a
join users p on p.organisation_id = a.organisation_id and p.id = a.practitioner_id
where a.organisation_id = 1 and a.starts_at >= '2026-03-02' and a.starts_at < '2026-03-03'
order by a.starts_at, a.id limit 500

-- name: clients-search
select id, given_name, family_name from clients
where organisation_id = 1 and search_name >= 'ha' and search_name < 'hb'
order by search_name, id limit 20

-- name: appointments-by-client
select client_id, count(*) from appointments where organisation_id = 1 group by client_id
