-- Whose turn it is with an open hidden danger, since when, and when the wait passes on (docs/decisions/0036-a-step-a-due-moment.md). One row for
-- each open one. at: the next step, 0 for none. steps: in the present state, -1 for one that came here without a row (a load, an older
-- version): its clock begins when the job finds it, so that no first start raises everything. alarm_at: from where the alarms of a danger
-- to life count.
CREATE TABLE hazard_clock (
	city_id INT NOT NULL,
	hazard_id BIGINT NOT NULL,
	at BIGINT NOT NULL,
	from_at BIGINT NOT NULL,
	alarm_at BIGINT NOT NULL,
	steps INT NOT NULL,
	alarms INT NOT NULL,
	informed INT NOT NULL,
	post TEXT NOT NULL,
	oversight TEXT NOT NULL,
	PRIMARY KEY (city_id, hazard_id),
	FOREIGN KEY (city_id, hazard_id) REFERENCES hazard (city_id, id)
);

CREATE INDEX hazard_clock_due ON hazard_clock (city_id, at, hazard_id) WHERE at > 0;
-- What a clock that ran ahead has written.
CREATE INDEX hazard_clock_ahead ON hazard_clock (city_id, from_at, hazard_id);

INSERT INTO hazard_clock (city_id, hazard_id, at, from_at, alarm_at, steps, alarms, informed, post, oversight)
SELECT city_id, id, 1, state_at, 0, -1, 0, 0, '', ''
FROM hazard
WHERE city_id > 0 AND state NOT IN ('closed_out', 'not_hazard', 'merged', 'ceased');

-- The level on which it was solved: a level that handles it, 'management', or a union's.
ALTER TABLE hazard ADD COLUMN solved_level TEXT NOT NULL DEFAULT '';
