-- Whole records, with the names of unit and employer.

-- name: hazard_by_id
-- scope: city
SELECT h.id, h.number, h.kind, h.source, h.anonymity, h.against, h.campaign_id, h.unit_id, h.enterprise_id, h.mid_id, h.top_id,
	h.at_unit_id, h.at_enterprise_id, h.at_mid_id, h.at_top_id, h.unit_path, h.at_path, h.description, h.danger, h.found_at, h.found_on,
	h.photos_before, h.reported_at, h.state, h.level, h.handling_level, h.category, h.place_id, h.place, h.interim_protection,
	h.protected_at, h.withdrawn, h.reopened, h.returned, h.clause, h.refusal_code, h.refusal_reason, h.responsible_id,
	h.deputy_id, h.measures, h.funds_fen, h.deadline, h.emergency_plan, h.emergency_plan_not_needed, h.on_spot, h.percent,
	h.submit_text, h.photos_after, h.registered_by, h.assigned_by, h.taken_by, h.submitted_by, h.accepted_by, h.closed_by,
	h.registered_at, h.assigned_at, h.taken_at, h.submitted_at, h.accepted_at, h.closed_at, h.accepted_by_fallback, h.state_at,
	h.marked, h.dispute, h.disputed_at, h.extended, h.deadline_before, h.suspended_at, h.paused_ms, h.listing_state,
	h.listing_number, h.listing_body, h.listing_deadline, h.listing_at, h.management_informed_at, h.lowering_by, h.reinspected,
	h.reinspected_at, h.transferred_to, h.chased, h.chased_at, h.merged_into, h.merged_here, h.state_before, h.reversed, h.funds_source,
	h.due_at, h.deadline_sort, h.updated_at, h.version, COALESCE(u.name, '') AS unit_name,
	COALESCE(w.name, '') AS enterprise_name
FROM hazard h
LEFT JOIN unit u ON u.city_id = h.city_id AND u.id = h.unit_id
LEFT JOIN unit w ON w.city_id = h.city_id AND w.id = h.enterprise_id
WHERE h.city_id = $1 AND h.id = $2;

-- name: hazard_id_by_number
-- scope: city
SELECT id FROM hazard WHERE city_id = $1 AND number = $2;

-- name: hazard_by_receipt
-- scope: city
SELECT hazard_id AS id FROM hazard_reporter WHERE city_id = $1 AND receipt_hash = $2;

-- All of them, newest first. How far a request looks for rows of the residual conditions is bounded by its edge.

-- list: hazard_list
-- scope: city
-- id: h.id
-- walk: hazard h
-- select: SELECT h.id, h.number, h.kind, h.source, h.anonymity, h.against, h.campaign_id, h.unit_id, h.enterprise_id, h.mid_id, h.top_id,
-- select: h.at_unit_id, h.at_enterprise_id, h.at_mid_id, h.at_top_id, h.unit_path, h.description, h.danger, h.found_at, h.found_on,
-- select: h.photos_before, h.reported_at, h.state, h.level, h.handling_level, h.category, h.place_id, h.place, h.interim_protection,
-- select: h.protected_at, h.withdrawn, h.reopened, h.returned, h.clause, h.refusal_code, h.refusal_reason, h.responsible_id,
-- select: h.deputy_id, h.measures, h.funds_fen, h.deadline, h.emergency_plan, h.emergency_plan_not_needed, h.on_spot, h.percent,
-- select: h.submit_text, h.photos_after, h.registered_by, h.assigned_by, h.taken_by, h.submitted_by, h.accepted_by, h.closed_by,
-- select: h.registered_at, h.assigned_at, h.taken_at, h.submitted_at, h.accepted_at, h.closed_at, h.accepted_by_fallback, h.state_at,
-- select: h.marked, h.dispute, h.disputed_at, h.extended, h.deadline_before, h.suspended_at, h.paused_ms, h.listing_state,
-- select: h.listing_number, h.listing_body, h.listing_deadline, h.listing_at, h.management_informed_at, h.lowering_by,
-- select: h.reinspected, h.reinspected_at, h.transferred_to, h.chased, h.chased_at, h.merged_into, h.merged_here,
-- select: h.state_before, h.reversed, h.funds_source,
-- select: h.due_at, h.deadline_sort, h.updated_at, h.version, COALESCE(u.name, '') AS unit_name,
-- select: COALESCE(w.name, '') AS enterprise_name
-- select: FROM hazard h
-- select: LEFT JOIN unit u ON u.city_id = h.city_id AND u.id = h.unit_id
-- select: LEFT JOIN unit w ON w.city_id = h.city_id AND w.id = h.enterprise_id
-- anchor city:
-- anchor top: h.top_id = $2
-- anchor mid: h.mid_id = $2
-- anchor enterprise: h.enterprise_id = $2
-- sort -found_on: h.found_on text
-- filter major: h.level = 'major'
-- filter kind: h.kind <> 'hazard' AND h.kind = $5
-- filter marked: h.marked > 0
-- filter ended: (h.state = 'not_hazard' OR h.state = 'merged' OR h.state = 'ceased') AND h.state = $5
-- residual state: CAST($6 AS TEXT) = '' OR h.state = $6
-- residual level: CAST($7 AS TEXT) = '' OR h.level = $7
-- residual kind: CAST($8 AS TEXT) = '' OR h.kind = $8
-- residual category: CAST($9 AS TEXT) = '' OR h.category = $9
-- residual overdue: CAST($10 AS BIGINT) = 0 OR (h.due_at > 0 AND h.due_at < $10)
-- residual from: h.found_on >= $11
-- residual to: h.found_on <= $12
-- residual path: h.unit_path >= $13 AND h.unit_path < $14
-- residual stopped: CAST($15 AS BIGINT) = 0 OR h.due_at = 0
-- residual danger: CAST($16 AS BIGINT) = 0 OR h.danger = 1
-- residual handling: CAST($17 AS TEXT) = '' OR h.handling_level = $17
-- residual marked: CAST($18 AS BIGINT) = 0 OR (h.marked & CAST($18 AS BIGINT)) > 0
-- residual open: CAST($19 AS BIGINT) = 0 OR h.state NOT IN ('closed_out', 'not_hazard', 'merged', 'ceased')
-- residual oversight: CAST($20 AS TEXT) = '' OR EXISTS (SELECT 1 FROM hazard_clock k WHERE k.city_id = $1 AND k.hazard_id = h.id AND k.oversight = $20)

-- Open ones, in the order in which their clocks run out.

-- list: hazard_open
-- scope: city
-- id: h.id
-- walk: hazard h
-- select: SELECT h.id, h.number, h.kind, h.source, h.anonymity, h.against, h.campaign_id, h.unit_id, h.enterprise_id, h.mid_id, h.top_id,
-- select: h.at_unit_id, h.at_enterprise_id, h.at_mid_id, h.at_top_id, h.unit_path, h.description, h.danger, h.found_at, h.found_on,
-- select: h.photos_before, h.reported_at, h.state, h.level, h.handling_level, h.category, h.place_id, h.place, h.interim_protection,
-- select: h.protected_at, h.withdrawn, h.reopened, h.returned, h.clause, h.refusal_code, h.refusal_reason, h.responsible_id,
-- select: h.deputy_id, h.measures, h.funds_fen, h.deadline, h.emergency_plan, h.emergency_plan_not_needed, h.on_spot, h.percent,
-- select: h.submit_text, h.photos_after, h.registered_by, h.assigned_by, h.taken_by, h.submitted_by, h.accepted_by, h.closed_by,
-- select: h.registered_at, h.assigned_at, h.taken_at, h.submitted_at, h.accepted_at, h.closed_at, h.accepted_by_fallback, h.state_at,
-- select: h.marked, h.dispute, h.disputed_at, h.extended, h.deadline_before, h.suspended_at, h.paused_ms, h.listing_state,
-- select: h.listing_number, h.listing_body, h.listing_deadline, h.listing_at, h.management_informed_at, h.lowering_by,
-- select: h.reinspected, h.reinspected_at, h.transferred_to, h.chased, h.chased_at, h.merged_into, h.merged_here,
-- select: h.state_before, h.reversed, h.funds_source,
-- select: h.due_at, h.deadline_sort, h.updated_at, h.version, COALESCE(u.name, '') AS unit_name,
-- select: COALESCE(w.name, '') AS enterprise_name
-- select: FROM hazard h
-- select: LEFT JOIN unit u ON u.city_id = h.city_id AND u.id = h.unit_id
-- select: LEFT JOIN unit w ON w.city_id = h.city_id AND w.id = h.enterprise_id
-- anchor city: h.state <> 'closed_out' AND h.state <> 'not_hazard' AND h.state <> 'merged' AND h.state <> 'ceased'
-- anchor top: h.top_id = $2 AND h.state <> 'closed_out' AND h.state <> 'not_hazard' AND h.state <> 'merged' AND h.state <> 'ceased'
-- anchor mid: h.mid_id = $2 AND h.state <> 'closed_out' AND h.state <> 'not_hazard' AND h.state <> 'merged' AND h.state <> 'ceased'
-- anchor enterprise: h.enterprise_id = $2 AND h.state <> 'closed_out' AND h.state <> 'not_hazard' AND h.state <> 'merged' AND h.state <> 'ceased'
-- sort deadline: h.due_at bigint
-- residual state: CAST($6 AS TEXT) = '' OR h.state = $6
-- residual level: CAST($7 AS TEXT) = '' OR h.level = $7
-- residual kind: CAST($8 AS TEXT) = '' OR h.kind = $8
-- residual category: CAST($9 AS TEXT) = '' OR h.category = $9
-- residual overdue: CAST($10 AS BIGINT) = 0 OR (h.due_at > 0 AND h.due_at < $10)
-- residual from: h.found_on >= $11
-- residual to: h.found_on <= $12
-- residual path: h.unit_path >= $13 AND h.unit_path < $14
-- residual stopped: CAST($15 AS BIGINT) = 0 OR h.due_at = 0
-- residual danger: CAST($16 AS BIGINT) = 0 OR h.danger = 1
-- residual handling: CAST($17 AS TEXT) = '' OR h.handling_level = $17
-- residual marked: CAST($18 AS BIGINT) = 0 OR (h.marked & CAST($18 AS BIGINT)) > 0
-- residual open: CAST($19 AS BIGINT) = 0 OR h.state NOT IN ('closed_out', 'not_hazard', 'merged', 'ceased')
-- residual oversight: CAST($20 AS TEXT) = '' OR EXISTS (SELECT 1 FROM hazard_clock k WHERE k.city_id = $1 AND k.hazard_id = h.id AND k.oversight = $20)

-- A person's own: few rows, found from the person; sorts and filters are written so that no index of the city is walked instead.

-- list: hazard_mine
-- scope: city
-- id: p.hazard_id
-- select: SELECT h.id, h.number, h.kind, h.source, h.anonymity, h.against, h.campaign_id, h.unit_id, h.enterprise_id, h.mid_id, h.top_id,
-- select: h.at_unit_id, h.at_enterprise_id, h.at_mid_id, h.at_top_id, h.unit_path, h.description, h.danger, h.found_at, h.found_on,
-- select: h.photos_before, h.reported_at, h.state, h.level, h.handling_level, h.category, h.place_id, h.place, h.interim_protection,
-- select: h.protected_at, h.withdrawn, h.reopened, h.returned, h.clause, h.refusal_code, h.refusal_reason, h.responsible_id,
-- select: h.deputy_id, h.measures, h.funds_fen, h.deadline, h.emergency_plan, h.emergency_plan_not_needed, h.on_spot, h.percent,
-- select: h.submit_text, h.photos_after, h.registered_by, h.assigned_by, h.taken_by, h.submitted_by, h.accepted_by, h.closed_by,
-- select: h.registered_at, h.assigned_at, h.taken_at, h.submitted_at, h.accepted_at, h.closed_at, h.accepted_by_fallback, h.state_at,
-- select: h.marked, h.dispute, h.disputed_at, h.extended, h.deadline_before, h.suspended_at, h.paused_ms, h.listing_state,
-- select: h.listing_number, h.listing_body, h.listing_deadline, h.listing_at, h.management_informed_at, h.lowering_by,
-- select: h.reinspected, h.reinspected_at, h.transferred_to, h.chased, h.chased_at, h.merged_into, h.merged_here,
-- select: h.state_before, h.reversed, h.funds_source,
-- select: h.due_at, h.deadline_sort, h.updated_at, h.version, COALESCE(u.name, '') AS unit_name,
-- select: COALESCE(w.name, '') AS enterprise_name
-- select: FROM hazard_party p
-- select: JOIN hazard h ON h.city_id = p.city_id AND h.id = p.hazard_id + 0
-- select: LEFT JOIN unit u ON u.city_id = h.city_id AND u.id = h.unit_id
-- select: LEFT JOIN unit w ON w.city_id = h.city_id AND w.id = h.enterprise_id
-- anchor mine: p.city_id = $1 AND p.person_id = $2 AND p.is_reporter + p.is_rectifier > 0
-- anchor reported: p.city_id = $1 AND p.person_id = $2 AND p.is_reporter = 1
-- anchor todo: p.city_id = $1 AND p.person_id = $2 AND p.is_rectifier = 1 AND h.state || '' IN ('assigned', 'rectifying')
-- sort -found_on: h.found_on||'' text
-- sort deadline: h.deadline_sort||'' text
-- sort -updated: h.updated_at+0 bigint
-- filter state: h.state || '' = $5
-- residual level: CAST($6 AS TEXT) = '' OR h.level = $6
-- residual kind: CAST($7 AS TEXT) = '' OR h.kind = $7
-- residual category: CAST($8 AS TEXT) = '' OR h.category = $8
-- residual overdue: CAST($9 AS BIGINT) = 0 OR (h.due_at > 0 AND h.due_at < $9)
-- residual from: h.found_on || '' >= $10
-- residual to: h.found_on || '' <= $11
-- residual path: h.unit_path >= $12 AND h.unit_path < $13
-- residual danger: CAST($14 AS BIGINT) = 0 OR h.danger = 1
-- residual handling: CAST($15 AS TEXT) = '' OR h.handling_level = $15
-- residual marked: CAST($16 AS BIGINT) = 0 OR (h.marked & CAST($16 AS BIGINT)) > 0
-- residual open: CAST($17 AS BIGINT) = 0 OR h.state || '' NOT IN ('closed_out', 'not_hazard', 'merged', 'ceased')
-- residual oversight: CAST($18 AS TEXT) = '' OR EXISTS (SELECT 1 FROM hazard_clock k WHERE k.city_id = $1 AND k.hazard_id = h.id AND k.oversight = $18)

-- name: hazard_reporter_of
-- scope: city
SELECT person_id, reported_for FROM hazard_reporter WHERE city_id = $1 AND hazard_id = $2;

-- What a person is to put right now: as the list "todo" has it, all and late.
-- name: hazard_standing_of
-- scope: city
SELECT COUNT(1) AS n_open, CAST(COALESCE(SUM(CASE WHEN h.due_at > 0 AND h.due_at < $2 THEN 1 ELSE 0 END), 0) AS BIGINT) AS n_late
FROM hazard_party p
JOIN hazard h ON h.city_id = p.city_id AND h.id = p.hazard_id
WHERE p.city_id = $1 AND p.person_id = $3 AND p.is_rectifier = 1 AND h.state IN ('assigned', 'rectifying');

-- name: hazard_reporter_is
-- scope: city
SELECT person_id FROM hazard_reporter WHERE city_id = $1 AND hazard_id = $2;

-- name: hazard_parts_of
-- scope: city
SELECT is_reporter FROM hazard_party WHERE city_id = $1 AND person_id = $2 AND hazard_id = $3 AND is_reporter + is_rectifier > 0;

-- A fresh one has nothing of what comes later.
-- name: hazard_insert
-- scope: city
INSERT INTO hazard (city_id, id, number, kind, source, anonymity, against, campaign_id, unit_id, enterprise_id, mid_id, top_id, at_unit_id,
	at_enterprise_id, at_mid_id, at_top_id, unit_path, description, danger, found_at, found_on, photos_before, reported_at,
	state, level, handling_level, category, place_id, place, interim_protection, protected_at, withdrawn, reopened, returned,
	clause, refusal_code, refusal_reason, responsible_id, deputy_id, measures, funds_fen, deadline, emergency_plan,
	emergency_plan_not_needed, on_spot, percent, submit_text, photos_after, registered_by, assigned_by, taken_by, submitted_by,
	accepted_by, closed_by, registered_at, assigned_at, taken_at, submitted_at, accepted_at, closed_at, accepted_by_fallback,
	state_at, due_at, deadline_sort, updated_at, version, at_path)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26,
	$27, $28, $29, $30, $31, $32, 0, 0, '', '', '', 0, 0, '', NULL, '', '', 0, 0, 0, '', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	$33, $34, $35, $36, $37, $38);

-- name: hazard_update
-- scope: city
UPDATE hazard
SET state = $4, level = $5, handling_level = $6, category = $7, place_id = $8, place = $9, interim_protection = $10,
	protected_at = $11, withdrawn = $12, reopened = $13, returned = $14, clause = $15, refusal_code = $16,
	refusal_reason = $17, responsible_id = $18, deputy_id = $19, measures = $20, funds_fen = $21, deadline = $22,
	emergency_plan = $23, emergency_plan_not_needed = $24, on_spot = $25, percent = $26, submit_text = $27, photos_after = $28,
	registered_by = $29, assigned_by = $30, taken_by = $31, submitted_by = $32, accepted_by = $33, closed_by = $34,
	registered_at = $35, assigned_at = $36, taken_at = $37, submitted_at = $38, accepted_at = $39, closed_at = $40,
	accepted_by_fallback = $41, state_at = $42, due_at = $43, deadline_sort = $44, updated_at = $45,
	marked = $46, dispute = $47, disputed_at = $48, extended = $49, deadline_before = $50, suspended_at = $51, paused_ms = $52,
	listing_state = $53, listing_number = $54, listing_body = $55, listing_deadline = $56, listing_at = $57,
	management_informed_at = $58, lowering_by = $59, reinspected = $60, reinspected_at = $61, transferred_to = $62,
	chased = $63, chased_at = $64, merged_into = $65, merged_here = $66, state_before = $67, reversed = $68, funds_source = $69,
	danger = $70, version = version + 1
WHERE city_id = $1 AND id = $2 AND version = $3;

-- name: hazard_rehome
-- scope: city
UPDATE hazard SET unit_id = $3, enterprise_id = $4, mid_id = $5, top_id = $6, unit_path = $7 WHERE city_id = $1 AND id = $2;

-- name: hazard_reporter_insert
-- scope: city
INSERT INTO hazard_reporter (city_id, hazard_id, person_id, reported_for, receipt_hash)
VALUES ($1, $2, $3, $4, $5);

-- One more than can be handed over at a time.
-- name: hazard_open_of
-- scope: city
SELECT h.id, h.number
FROM hazard_party p
JOIN hazard h ON h.city_id = p.city_id AND h.id = p.hazard_id
WHERE p.city_id = $1 AND p.person_id = $2 AND p.is_rectifier = 1
	AND h.state || '' NOT IN ('closed_out', 'not_hazard', 'merged', 'ceased')
ORDER BY p.hazard_id
LIMIT 501;

-- name: hazard_party_reports
-- scope: city
INSERT INTO hazard_party (city_id, person_id, hazard_id, is_reporter, is_rectifier)
VALUES ($1, $2, $3, 1, 0);

-- name: hazard_party_rectifies
-- scope: city
INSERT INTO hazard_party (city_id, person_id, hazard_id, is_reporter, is_rectifier)
VALUES ($1, $2, $3, 0, 1)
ON CONFLICT (city_id, person_id, hazard_id) DO UPDATE SET is_rectifier = 1;

-- name: hazard_party_end
-- scope: city
UPDATE hazard_party SET is_rectifier = 0 WHERE city_id = $1 AND hazard_id = $2 AND is_rectifier = 1;

-- name: hazard_progress_insert
-- scope: city
INSERT INTO hazard_progress (city_id, hazard_id, id, at, by_id, percent, text)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: hazard_progress_by
-- scope: city
SELECT COUNT(1) AS n FROM hazard_progress WHERE city_id = $1 AND hazard_id = $2 AND by_id = $3 AND at >= $4;

-- name: hazard_count_up
-- scope: city
INSERT INTO hazard_counter (city_id, scope, day, n)
VALUES ($1, $2, $3, 1)
ON CONFLICT (city_id, scope, day) DO UPDATE SET n = hazard_counter.n + 1
RETURNING n;

-- How many stand where, of a bounded number: the open ones whose clocks run out first, and the newest of all.

-- name: hazard_open_states_in_enterprise
-- scope: city
SELECT state, COUNT(1) AS n, CAST(SUM(CASE WHEN due_at > 0 AND due_at < $2 THEN 1 ELSE 0 END) AS BIGINT) AS late
FROM (
	SELECT state, due_at
	FROM hazard
	WHERE city_id = $1 AND enterprise_id = $3 AND unit_path >= $4 AND unit_path < $5
		AND state <> 'closed_out' AND state <> 'not_hazard' AND state <> 'merged' AND state <> 'ceased'
	ORDER BY due_at, id
	LIMIT $6
) AS w
GROUP BY state
ORDER BY state;

-- Of a part of an employer: what lies elsewhere counts as the state ''.
-- name: hazard_end_states_in_enterprise
-- scope: city
SELECT state, COUNT(1) AS n, CAST(0 AS BIGINT) AS late
FROM (
	SELECT CASE WHEN unit_path >= $2 AND unit_path < $3 THEN state ELSE '' END AS state
	FROM hazard
	WHERE city_id = $1 AND enterprise_id = $4
	ORDER BY found_on DESC, id DESC
	LIMIT $5
) AS w
GROUP BY state
ORDER BY state;

-- name: hazard_open_states_in_mid
-- scope: city
SELECT state, COUNT(1) AS n, CAST(SUM(CASE WHEN due_at > 0 AND due_at < $2 THEN 1 ELSE 0 END) AS BIGINT) AS late
FROM (
	SELECT state, due_at
	FROM hazard
	WHERE city_id = $1 AND mid_id = $3 AND unit_path >= $4 AND unit_path < $5
		AND state <> 'closed_out' AND state <> 'not_hazard' AND state <> 'merged' AND state <> 'ceased'
	ORDER BY due_at, id
	LIMIT $6
) AS w
GROUP BY state
ORDER BY state;

-- name: hazard_end_states_in_mid
-- scope: city
SELECT state, COUNT(1) AS n, CAST(0 AS BIGINT) AS late
FROM (
	SELECT CASE WHEN unit_path >= $2 AND unit_path < $3 THEN state ELSE '' END AS state
	FROM hazard
	WHERE city_id = $1 AND mid_id = $4
	ORDER BY found_on DESC, id DESC
	LIMIT $5
) AS w
GROUP BY state
ORDER BY state;

-- name: hazard_open_states_in_top
-- scope: city
SELECT state, COUNT(1) AS n, CAST(SUM(CASE WHEN due_at > 0 AND due_at < $2 THEN 1 ELSE 0 END) AS BIGINT) AS late
FROM (
	SELECT state, due_at
	FROM hazard
	WHERE city_id = $1 AND top_id = $3
		AND state <> 'closed_out' AND state <> 'not_hazard' AND state <> 'merged' AND state <> 'ceased'
	ORDER BY due_at, id
	LIMIT $4
) AS w
GROUP BY state
ORDER BY state;

-- name: hazard_end_states_in_top
-- scope: city
SELECT state, COUNT(1) AS n, CAST(0 AS BIGINT) AS late
FROM (
	SELECT state
	FROM hazard
	WHERE city_id = $1 AND top_id = $2
	ORDER BY found_on DESC, id DESC
	LIMIT $3
) AS w
GROUP BY state
ORDER BY state;

-- name: hazard_open_states_in_city
-- scope: city
SELECT state, COUNT(1) AS n, CAST(SUM(CASE WHEN due_at > 0 AND due_at < $2 THEN 1 ELSE 0 END) AS BIGINT) AS late
FROM (
	SELECT state, due_at
	FROM hazard
	WHERE city_id = $1 AND CAST($3 AS BIGINT) IS NOT NULL
		AND state <> 'closed_out' AND state <> 'not_hazard' AND state <> 'merged' AND state <> 'ceased'
	ORDER BY due_at, id
	LIMIT $4
) AS w
GROUP BY state
ORDER BY state;

-- name: hazard_end_states_in_city
-- scope: city
SELECT state, COUNT(1) AS n, CAST(0 AS BIGINT) AS late
FROM (
	SELECT state
	FROM hazard
	WHERE city_id = $1 AND CAST($2 AS BIGINT) IS NOT NULL
	ORDER BY found_on DESC, id DESC
	LIMIT $3
) AS w
GROUP BY state
ORDER BY state;

-- name: hazard_reported_count
-- scope: city
SELECT COUNT(1) AS n FROM hazard_party WHERE city_id = $1 AND person_id = $2 AND is_reporter = 1;

-- A load writes each as it stands in the end (hazard_load.c).

-- name: hazard_load_insert
-- scope: city
INSERT INTO hazard (city_id, id, number, kind, source, anonymity, against, campaign_id, unit_id, enterprise_id, mid_id, top_id, at_unit_id,
	at_enterprise_id, at_mid_id, at_top_id, unit_path, description, danger, found_at, found_on, photos_before, reported_at,
	state, level, handling_level, category, place_id, place, interim_protection, protected_at, withdrawn, reopened, returned,
	clause, refusal_code, refusal_reason, responsible_id, deputy_id, measures, funds_fen, deadline, emergency_plan,
	emergency_plan_not_needed, on_spot, percent, submit_text, photos_after, registered_by, assigned_by, taken_by, submitted_by,
	accepted_by, closed_by, registered_at, assigned_at, taken_at, submitted_at, accepted_at, closed_at, accepted_by_fallback,
	state_at, due_at, deadline_sort, updated_at, version, at_path,
	marked, dispute, disputed_at, extended, deadline_before, suspended_at, paused_ms, listing_state, listing_number,
	listing_body, listing_deadline, listing_at, management_informed_at, lowering_by, reinspected, reinspected_at,
	transferred_to, chased, chased_at, merged_into, merged_here, state_before, reversed, funds_source, solved_level)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27,
	$28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52,
	$53, $54, $55, $56, $57, $58, $59, $60, $61, $62, $63, $64, $65, $66, $67,
	$68, $69, $70, $71, $72, $73, $74, $75, $76, $77, $78, $79, $80, $81, $82, $83, $84, $85, $86, $87, $88, $89, $90, $91, $92);

-- name: hazard_load_party
-- scope: city
INSERT INTO hazard_party (city_id, person_id, hazard_id, is_reporter, is_rectifier)
VALUES ($1, $2, $3, $4, $5);

-- name: hazard_load_counter
-- scope: city
INSERT INTO hazard_counter (city_id, scope, day, n)
VALUES ($1, $2, $3, $4);

-- What the figures count, of one after the other.
-- name: hazard_counted
-- scope: city
SELECT id, kind, source, state, reopened, reversed, unit_path, at_path, at_enterprise_id, registered_at, closed_at
FROM hazard
WHERE city_id = $1 AND id > $2
ORDER BY id
LIMIT $3;

-- Those reported on a past day and since, some hundreds looked at.

-- name: hazard_since_edge
-- scope: city
SELECT CAST(COALESCE(MAX(w.id), 0) AS BIGINT) AS n
FROM (SELECT id FROM hazard WHERE city_id = $1 AND id > $2 ORDER BY id LIMIT 300) AS w;

-- name: hazard_since
-- scope: city
SELECT id, kind, source, state, reopened, reversed, unit_path, at_path, at_unit_id, at_enterprise_id, at_mid_id, at_top_id, registered_at, closed_at,
	version
FROM hazard
WHERE city_id = $1 AND id > $2 AND id <= $3 AND at_path >= $4 AND at_path < $5 AND reported_at >= $6
ORDER BY id;

-- name: hazard_at_update
-- scope: city
UPDATE hazard
SET at_unit_id = $4, at_enterprise_id = $5, at_mid_id = $6, at_top_id = $7, at_path = $8, version = version + 1
WHERE city_id = $1 AND id = $2 AND version = $3;

-- moved: hazard_moved
-- scope: city
-- table: hazard
-- ancestors: yes
