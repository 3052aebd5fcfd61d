-- Where the money for putting it right comes from, in words.

ALTER TABLE hazard ADD COLUMN funds_source TEXT NOT NULL DEFAULT '';
