-- The first clients whose names begin with two letters.
\set organisation random_zipfian(1, :organisations, 1.1)
\set first random(97, 119)
\set second random(0, 4)
select /* name: clients-search */ id, given_name, family_name from clients
where organisation_id = :organisation
  and search_name >= chr(:first) || substr('aeiou', :second + 1, 1)
  and search_name < chr(:first) || chr(ascii(substr('aeiou', :second + 1, 1)) + 1)
order by search_name, id limit 20;
