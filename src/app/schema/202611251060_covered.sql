-- What the coverage desk looks at, one row an employer: until when it is assigned and visited, when it launched the campaign, held
-- training, and did anything last ('' : never). Derived from the features' own rows.

-- only: sqlite
CREATE TABLE covered (
	city_id INT NOT NULL,
	employer_id BIGINT NOT NULL,
	assigned_until TEXT NOT NULL,
	launched_on TEXT NOT NULL,
	visited_until TEXT NOT NULL,
	trained_on TEXT NOT NULL,
	active_on TEXT NOT NULL,
	PRIMARY KEY (city_id, employer_id)
) WITHOUT ROWID;
-- only: pg
CREATE TABLE covered (
	city_id INT NOT NULL,
	employer_id BIGINT NOT NULL,
	assigned_until TEXT NOT NULL,
	launched_on TEXT NOT NULL,
	visited_until TEXT NOT NULL,
	trained_on TEXT NOT NULL,
	active_on TEXT NOT NULL,
	PRIMARY KEY (city_id, employer_id)
);

-- How far the rows of a feature were followed that does not note them itself.
CREATE TABLE covered_follow (
	city_id INT NOT NULL,
	source TEXT NOT NULL,
	last_id BIGINT NOT NULL,
	PRIMARY KEY (city_id, source)
);
