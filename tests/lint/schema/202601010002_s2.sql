CREATE TABLE planted (
	city_id INT NOT NULL,
	id BIGINT NOT NULL,
	PRIMARY KEY (id)
);
