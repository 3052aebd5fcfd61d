-- name: contractor_insert
-- scope: city
INSERT INTO contractor_team (city_id, id, host_id, employer_id, employer_name, team_name, job, foreman_name, foreman_phone, heads, from_on, to_on,
	made_at, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1);

-- name: contractor_by_id
-- scope: city
SELECT id, host_id, employer_id, employer_name, team_name, job, foreman_name, foreman_phone, heads, from_on, to_on, version
FROM contractor_team
WHERE city_id = $1 AND id = $2;

-- name: contractor_end
-- scope: city
UPDATE contractor_team SET to_on = $4, version = version + 1 WHERE city_id = $1 AND id = $2 AND version = $3;

-- name: contractors_at
-- scope: city
SELECT t.id, t.host_id, h.name AS host_name, t.employer_id, t.employer_name, t.team_name, t.job, t.foreman_name, t.foreman_phone, t.heads, t.from_on,
	t.to_on, t.version
FROM contractor_team t JOIN unit h ON h.city_id = t.city_id AND h.id = t.host_id
WHERE t.city_id = $1 AND t.host_id = $2
ORDER BY t.id DESC
LIMIT 200;

-- name: contractors_of
-- scope: city
SELECT t.id, t.host_id, h.name AS host_name, t.employer_id, t.employer_name, t.team_name, t.job, t.foreman_name, t.foreman_phone, t.heads, t.from_on,
	t.to_on, t.version
FROM contractor_team t JOIN unit h ON h.city_id = t.city_id AND h.id = t.host_id
WHERE t.city_id = $1 AND t.employer_id = $2 AND t.employer_id <> 0
ORDER BY t.id DESC
LIMIT 200;

-- name: contractors_moved_host
-- scope: city
UPDATE contractor_team SET host_id = $3 WHERE city_id = $1 AND host_id = $2;

-- name: contractors_moved_employer
-- scope: city
UPDATE contractor_team SET employer_id = $3 WHERE city_id = $1 AND employer_id = $2;

-- name: contractor_employer_with_uscc
-- scope: city
SELECT id FROM unit WHERE city_id = $1 AND uscc = $2 AND uscc <> '' AND kind = 'employer';
