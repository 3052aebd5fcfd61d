CREATE TABLE planted (
	id BIGINT NOT NULL,
	PRIMARY KEY (city_id, id)
);
