-- The ledger's indexes: one for all rows, newest first; the others are partial and small, and most of them are not written by a report.

DROP INDEX hazard_in_city_by_state;
DROP INDEX hazard_in_city_by_deadline;
DROP INDEX hazard_in_city_by_update;
DROP INDEX hazard_in_top_by_state;
DROP INDEX hazard_in_top_by_deadline;
DROP INDEX hazard_in_top_by_update;
DROP INDEX hazard_in_mid_by_state;
DROP INDEX hazard_in_mid_by_deadline;
DROP INDEX hazard_in_mid_by_update;
DROP INDEX hazard_in_enterprise_by_state;
DROP INDEX hazard_in_enterprise_by_deadline;
DROP INDEX hazard_in_enterprise_by_update;

-- What is open, in the order in which its clocks run out: work lists, what is overdue, how many stand where.
CREATE INDEX hazard_open_in_city ON hazard (city_id, due_at, id, state)
	WHERE state NOT IN ('closed_out', 'not_hazard', 'merged', 'ceased');
CREATE INDEX hazard_open_in_top ON hazard (city_id, top_id, due_at, id, state)
	WHERE state NOT IN ('closed_out', 'not_hazard', 'merged', 'ceased');
CREATE INDEX hazard_open_in_mid ON hazard (city_id, mid_id, due_at, id, state)
	WHERE state NOT IN ('closed_out', 'not_hazard', 'merged', 'ceased');
CREATE INDEX hazard_open_in_enterprise ON hazard (city_id, enterprise_id, due_at, id, state)
	WHERE state NOT IN ('closed_out', 'not_hazard', 'merged', 'ceased');

-- What is rare.
CREATE INDEX hazard_major_in_city ON hazard (city_id, found_on, id) WHERE level = 'major';
CREATE INDEX hazard_major_in_top ON hazard (city_id, top_id, found_on, id) WHERE level = 'major';
CREATE INDEX hazard_major_in_mid ON hazard (city_id, mid_id, found_on, id) WHERE level = 'major';
CREATE INDEX hazard_major_in_enterprise ON hazard (city_id, enterprise_id, found_on, id) WHERE level = 'major';
CREATE INDEX hazard_kind_in_city ON hazard (city_id, kind, found_on, id) WHERE kind <> 'hazard';
CREATE INDEX hazard_kind_in_top ON hazard (city_id, top_id, kind, found_on, id) WHERE kind <> 'hazard';
CREATE INDEX hazard_kind_in_mid ON hazard (city_id, mid_id, kind, found_on, id) WHERE kind <> 'hazard';
CREATE INDEX hazard_kind_in_enterprise ON hazard (city_id, enterprise_id, kind, found_on, id) WHERE kind <> 'hazard';
