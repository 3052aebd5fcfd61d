-- What narrows a list of open ones stands in its index: rows that do not fit are passed over without being read.

DROP INDEX hazard_open_in_city;
DROP INDEX hazard_open_in_top;
DROP INDEX hazard_open_in_mid;
DROP INDEX hazard_open_in_enterprise;
CREATE INDEX hazard_open_in_city ON hazard (city_id, due_at, id, state, level, kind, found_on, category)
	WHERE state NOT IN ('closed_out', 'not_hazard', 'merged', 'ceased');
CREATE INDEX hazard_open_in_top ON hazard (city_id, top_id, due_at, id, state, level, kind, found_on, category)
	WHERE state NOT IN ('closed_out', 'not_hazard', 'merged', 'ceased');
CREATE INDEX hazard_open_in_mid ON hazard (city_id, mid_id, due_at, id, state, level, kind, found_on, category)
	WHERE state NOT IN ('closed_out', 'not_hazard', 'merged', 'ceased');
CREATE INDEX hazard_open_in_enterprise ON hazard (city_id, enterprise_id, due_at, id, state, level, kind, found_on, category, unit_path)
	WHERE state NOT IN ('closed_out', 'not_hazard', 'merged', 'ceased');
