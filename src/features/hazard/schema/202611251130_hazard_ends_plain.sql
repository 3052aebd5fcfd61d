-- The same rows, told by comparisons: for a list of more than two words SQLite builds a table of them, for each index and row written.

DROP INDEX hazard_open_in_city;
DROP INDEX hazard_open_in_top;
DROP INDEX hazard_open_in_mid;
DROP INDEX hazard_open_in_enterprise;
DROP INDEX hazard_ended_in_city;
DROP INDEX hazard_ended_in_top;
DROP INDEX hazard_ended_in_mid;
DROP INDEX hazard_ended_in_enterprise;
CREATE INDEX hazard_open_in_city ON hazard (city_id, due_at, id, state, level, kind, found_on, category)
	WHERE state <> 'closed_out' AND state <> 'not_hazard' AND state <> 'merged' AND state <> 'ceased';
CREATE INDEX hazard_open_in_top ON hazard (city_id, top_id, due_at, id, state, level, kind, found_on, category)
	WHERE state <> 'closed_out' AND state <> 'not_hazard' AND state <> 'merged' AND state <> 'ceased';
CREATE INDEX hazard_open_in_mid ON hazard (city_id, mid_id, due_at, id, state, level, kind, found_on, category)
	WHERE state <> 'closed_out' AND state <> 'not_hazard' AND state <> 'merged' AND state <> 'ceased';
CREATE INDEX hazard_open_in_enterprise ON hazard (city_id, enterprise_id, due_at, id, state, level, kind, found_on, category, unit_path)
	WHERE state <> 'closed_out' AND state <> 'not_hazard' AND state <> 'merged' AND state <> 'ceased';
CREATE INDEX hazard_ended_in_city ON hazard (city_id, state, found_on, id)
	WHERE (state = 'not_hazard' OR state = 'merged' OR state = 'ceased');
CREATE INDEX hazard_ended_in_top ON hazard (city_id, top_id, state, found_on, id)
	WHERE (state = 'not_hazard' OR state = 'merged' OR state = 'ceased');
CREATE INDEX hazard_ended_in_mid ON hazard (city_id, mid_id, state, found_on, id)
	WHERE (state = 'not_hazard' OR state = 'merged' OR state = 'ceased');
CREATE INDEX hazard_ended_in_enterprise ON hazard (city_id, enterprise_id, state, found_on, id)
	WHERE (state = 'not_hazard' OR state = 'merged' OR state = 'ceased');
