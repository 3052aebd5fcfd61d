-- Which splits took a unit.
CREATE INDEX org_change_part_unit ON org_change_part (city_id, unit_id, change_id);
