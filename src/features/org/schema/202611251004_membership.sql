-- Secondary memberships: an employer that reports to its county and belongs to an industry union besides (to_on '' while it lasts).
CREATE TABLE membership (
	city_id INT NOT NULL,
	id BIGINT NOT NULL,
	union_id BIGINT NOT NULL,
	employer_id BIGINT NOT NULL,
	from_on TEXT NOT NULL,
	to_on TEXT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (city_id, id),
	FOREIGN KEY (city_id, union_id) REFERENCES unit (city_id, id),
	FOREIGN KEY (city_id, employer_id) REFERENCES unit (city_id, id)
);

CREATE INDEX membership_in_union ON membership (city_id, union_id, from_on, id);
CREATE INDEX membership_of_employer ON membership (city_id, employer_id, from_on, id);
CREATE UNIQUE INDEX membership_open ON membership (city_id, union_id, employer_id) WHERE to_on = '';
