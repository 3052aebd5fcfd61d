-- Which cadre looks after which employer, from when until when ('' : without an end); nothing is ever deleted. due_on is the day by which
-- the next visit is due, derived from the last visit and the rhythm (every_days 0: the city's own for that kind).
CREATE TABLE assignment (
	city_id INT NOT NULL,
	id BIGINT NOT NULL,
	employer_id BIGINT NOT NULL,
	person_id BIGINT NOT NULL,
	unit_id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	every_days BIGINT NOT NULL,
	from_on TEXT NOT NULL,
	to_on TEXT NOT NULL,
	note TEXT NOT NULL,
	end_reason TEXT NOT NULL,
	due_on TEXT NOT NULL,
	made_by BIGINT NOT NULL,
	ended_by BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (city_id, id),
	FOREIGN KEY (city_id, employer_id) REFERENCES unit (city_id, id),
	FOREIGN KEY (city_id, person_id) REFERENCES person (city_id, id)
);

CREATE INDEX assignment_of_employer ON assignment (city_id, employer_id, id);
CREATE INDEX assignment_of_person ON assignment (city_id, person_id, id);
CREATE INDEX assignment_of_person_due ON assignment (city_id, person_id, due_on, id);
CREATE UNIQUE INDEX assignment_open ON assignment (city_id, employer_id, person_id) WHERE to_on = '';

-- A cadre was there. Until visits are records of their own, this is all that is kept of one.
CREATE TABLE assignment_visit (
	city_id INT NOT NULL,
	id BIGINT NOT NULL,
	employer_id BIGINT NOT NULL,
	person_id BIGINT NOT NULL,
	unit_id BIGINT NOT NULL,
	visited_on TEXT NOT NULL,
	note TEXT NOT NULL,
	PRIMARY KEY (city_id, id),
	FOREIGN KEY (city_id, employer_id) REFERENCES unit (city_id, id),
	FOREIGN KEY (city_id, person_id) REFERENCES person (city_id, id)
);

CREATE INDEX assignment_visit_at ON assignment_visit (city_id, employer_id, visited_on, id);
CREATE UNIQUE INDEX assignment_visit_once ON assignment_visit (city_id, person_id, employer_id, visited_on);
