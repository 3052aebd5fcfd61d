-- name: covered_set_assigned
-- scope: city
INSERT INTO covered (city_id, employer_id, assigned_until, launched_on, visited_until, trained_on, active_on)
VALUES ($1, $2, $3, '', '', '', '')
ON CONFLICT (city_id, employer_id) DO UPDATE SET assigned_until = excluded.assigned_until;

-- name: covered_set_launched
-- scope: city
INSERT INTO covered (city_id, employer_id, launched_on, assigned_until, visited_until, trained_on, active_on)
VALUES ($1, $2, $3, '', '', '', '')
ON CONFLICT (city_id, employer_id) DO UPDATE SET launched_on = excluded.launched_on;

-- name: covered_set_visited
-- scope: city
INSERT INTO covered (city_id, employer_id, visited_until, assigned_until, launched_on, trained_on, active_on)
VALUES ($1, $2, $3, '', '', '', '')
ON CONFLICT (city_id, employer_id) DO UPDATE SET visited_until = excluded.visited_until;

-- name: covered_set_trained
-- scope: city
INSERT INTO covered (city_id, employer_id, trained_on, assigned_until, launched_on, visited_until, active_on)
VALUES ($1, $2, $3, '', '', '', '')
ON CONFLICT (city_id, employer_id) DO UPDATE SET trained_on = excluded.trained_on;

-- name: covered_set_active
-- scope: city
INSERT INTO covered (city_id, employer_id, active_on, assigned_until, launched_on, visited_until, trained_on)
VALUES ($1, $2, $3, '', '', '', '')
ON CONFLICT (city_id, employer_id) DO UPDATE SET active_on = excluded.active_on;

-- Others who make the same row again wait.
-- name: covered_lock
-- scope: city
INSERT INTO covered (city_id, employer_id, active_on, assigned_until, launched_on, visited_until, trained_on)
VALUES ($1, $2, '', '', '', '', '')
ON CONFLICT (city_id, employer_id) DO UPDATE SET employer_id = excluded.employer_id;

-- name: covered_of
-- scope: city
SELECT employer_id, assigned_until, launched_on, visited_until, trained_on, active_on FROM covered WHERE city_id = $1 AND employer_id = $2;

-- name: covered_clear
-- scope: city
DELETE FROM covered WHERE city_id = $1;

-- name: covered_followed
-- scope: city
SELECT last_id FROM covered_follow WHERE city_id = $1 AND source = $2;

-- name: covered_follow_set
-- scope: city
INSERT INTO covered_follow (city_id, source, last_id) VALUES ($1, $2, $3)
ON CONFLICT (city_id, source) DO UPDATE SET last_id = excluded.last_id;
