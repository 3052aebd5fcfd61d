-- An employer has been merged into another (org_change.h).

-- Who looks after it looks after the other, unless he does already.
-- name: assignment_follows
-- scope: city
UPDATE assignment SET employer_id = $3, version = version + 1
WHERE city_id = $1 AND employer_id = $2 AND (to_on = '' OR to_on >= $4)
	AND person_id NOT IN (SELECT person_id FROM assignment WHERE city_id = $1 AND employer_id = $3 AND (to_on = '' OR to_on >= $4));

-- name: assignment_ends_with
-- scope: city
UPDATE assignment SET to_on = $3, end_reason = $4, due_on = '', version = version + 1
WHERE city_id = $1 AND employer_id = $2 AND (to_on = '' OR to_on >= $3);
