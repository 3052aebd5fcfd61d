-- The path when it was reported, for the figures of workshops and teams: at_unit_id and its kin say the rest.
ALTER TABLE hazard ADD COLUMN at_path TEXT NOT NULL DEFAULT '';

UPDATE hazard SET at_path = unit_path WHERE city_id > 0 AND at_path = '';
