-- Ends other than the usual one are rare: found without walking all that was closed out.

CREATE INDEX hazard_ended_in_city ON hazard (city_id, state, found_on, id)
	WHERE state IN ('not_hazard', 'merged', 'ceased');
CREATE INDEX hazard_ended_in_top ON hazard (city_id, top_id, state, found_on, id)
	WHERE state IN ('not_hazard', 'merged', 'ceased');
CREATE INDEX hazard_ended_in_mid ON hazard (city_id, mid_id, state, found_on, id)
	WHERE state IN ('not_hazard', 'merged', 'ceased');
CREATE INDEX hazard_ended_in_enterprise ON hazard (city_id, enterprise_id, state, found_on, id)
	WHERE state IN ('not_hazard', 'merged', 'ceased');
