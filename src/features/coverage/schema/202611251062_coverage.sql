-- An employer launched the campaign: with a plan or the record of a mobilisation. What was wrong is replaced by another row that gives a
-- reason; one of a campaign and employer is current.
CREATE TABLE launch (
	city_id INT NOT NULL,
	id BIGINT NOT NULL,
	campaign_id BIGINT NOT NULL,
	employer_id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	launched_on TEXT NOT NULL,
	title TEXT NOT NULL,
	declared INT NOT NULL CHECK (declared IN (0, 1)),
	person_id BIGINT NOT NULL,
	unit_id BIGINT NOT NULL,
	reason TEXT NOT NULL,
	is_current INT NOT NULL CHECK (is_current IN (0, 1)),
	made_at BIGINT NOT NULL,
	PRIMARY KEY (city_id, id),
	FOREIGN KEY (city_id, employer_id) REFERENCES unit (city_id, id),
	FOREIGN KEY (city_id, campaign_id) REFERENCES campaign (city_id, id)
);

CREATE INDEX launch_of_employer ON launch (city_id, employer_id, id);
CREATE UNIQUE INDEX launch_current ON launch (city_id, campaign_id, employer_id) WHERE is_current = 1;
