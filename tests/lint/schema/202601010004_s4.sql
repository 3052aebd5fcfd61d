CREATE TABLE planted (
	city_id INT NOT NULL,
	made_at BIGINT NOT NULL DEFAULT now(),
	PRIMARY KEY (city_id, made_at)
);
