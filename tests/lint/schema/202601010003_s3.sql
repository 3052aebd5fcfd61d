CREATE TABLE planted (
	city_id INT NOT NULL,
	made_at TIMESTAMP NOT NULL,
	PRIMARY KEY (city_id, made_at)
);
