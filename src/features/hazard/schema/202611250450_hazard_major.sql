-- With the level as a column of its own the planner prefers them to the index of all rows, which it took for as good; state and clock
-- stand there to pass over what does not fit without reading it.

DROP INDEX hazard_major_in_city;
DROP INDEX hazard_major_in_top;
DROP INDEX hazard_major_in_mid;
DROP INDEX hazard_major_in_enterprise;
CREATE INDEX hazard_major_in_city ON hazard (city_id, level, found_on, id, state, due_at) WHERE level = 'major';
CREATE INDEX hazard_major_in_top ON hazard (city_id, top_id, level, found_on, id, state, due_at) WHERE level = 'major';
CREATE INDEX hazard_major_in_mid ON hazard (city_id, mid_id, level, found_on, id, state, due_at) WHERE level = 'major';
CREATE INDEX hazard_major_in_enterprise ON hazard (city_id, enterprise_id, level, found_on, id, state, due_at) WHERE level = 'major';
