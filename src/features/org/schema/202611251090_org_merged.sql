-- Units that went into another one, found by it: a merger looks for those that went into the merged one before.

CREATE INDEX unit_merged ON unit (city_id, merged_into) WHERE merged_into > 0;
