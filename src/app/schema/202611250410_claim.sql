-- Names and things that work in stages has set aside until it is done (claim.h).
CREATE TABLE claim (
	city_id INT NOT NULL,
	kind TEXT NOT NULL,
	value TEXT NOT NULL,
	holder_id BIGINT NOT NULL,
	PRIMARY KEY (city_id, kind, value)
);

CREATE INDEX claim_of_holder ON claim (city_id, holder_id, kind, value);
