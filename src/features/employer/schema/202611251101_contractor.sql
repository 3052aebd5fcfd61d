-- Teams that work at another employer than their own: listed on the pages of both while the job lasts.
-- employer_id: 0 for one that is not in the register; employer_name is what it was called then.
CREATE TABLE contractor_team (
	city_id INT NOT NULL,
	id BIGINT NOT NULL,
	host_id BIGINT NOT NULL,
	employer_id BIGINT NOT NULL,
	employer_name TEXT NOT NULL,
	team_name TEXT NOT NULL,
	job TEXT NOT NULL,
	foreman_name TEXT NOT NULL,
	foreman_phone TEXT NOT NULL,
	heads BIGINT NOT NULL,
	from_on TEXT NOT NULL,
	to_on TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (city_id, id),
	FOREIGN KEY (city_id, host_id) REFERENCES unit (city_id, id)
);

CREATE INDEX contractor_team_at ON contractor_team (city_id, host_id, id);
CREATE INDEX contractor_team_of ON contractor_team (city_id, employer_id, id) WHERE employer_id <> 0;
