-- reference because every feature may join it: the cities of this installation
CREATE TABLE city (
	city_id BIGINT NOT NULL,
	code TEXT NOT NULL,
	name TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	PRIMARY KEY (city_id)
);
