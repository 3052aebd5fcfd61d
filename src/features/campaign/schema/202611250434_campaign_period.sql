-- The reporting periods r0, r1 … of a campaign, and whether its figures f10 and f12 take violations in (three kinds of breaking rules
-- are otherwise counted apart): the city's choice, printed with the definition.
CREATE TABLE campaign_period (
	city_id INT NOT NULL,
	campaign_id BIGINT NOT NULL,
	code TEXT NOT NULL,
	from_on TEXT NOT NULL,
	to_on TEXT NOT NULL,
	due_on TEXT NOT NULL,
	is_optional INT NOT NULL CHECK (is_optional IN (0, 1)),
	PRIMARY KEY (city_id, campaign_id, code),
	FOREIGN KEY (city_id, campaign_id) REFERENCES campaign (city_id, id)
);

ALTER TABLE campaign ADD COLUMN violations_counted INT NOT NULL DEFAULT 0;

-- Campaigns that are there already are the shipped one and its like of other years: the same days.
INSERT INTO campaign_period (city_id, campaign_id, code, from_on, to_on, due_on, is_optional)
SELECT city_id, id, 'r0', CAST(year - 1 AS TEXT) || '-12-25', CAST(year - 1 AS TEXT) || '-12-27', CAST(year - 1 AS TEXT) || '-12-30', 1
FROM campaign WHERE city_id > 0;

INSERT INTO campaign_period (city_id, campaign_id, code, from_on, to_on, due_on, is_optional)
SELECT city_id, id, 'r1', CAST(year - 1 AS TEXT) || '-12-25', CAST(year AS TEXT) || '-01-25', CAST(year AS TEXT) || '-01-30', 0
FROM campaign WHERE city_id > 0;

INSERT INTO campaign_period (city_id, campaign_id, code, from_on, to_on, due_on, is_optional)
SELECT city_id, id, 'r2', CAST(year AS TEXT) || '-01-26', CAST(year AS TEXT) || '-02-25',
	CAST(year AS TEXT) || CASE WHEN year % 4 = 0 THEN '-02-29' ELSE '-02-28' END, 0
FROM campaign WHERE city_id > 0;

INSERT INTO campaign_period (city_id, campaign_id, code, from_on, to_on, due_on, is_optional)
SELECT city_id, id, 'r3', CAST(year AS TEXT) || '-02-26', CAST(year AS TEXT) || '-03-25', CAST(year AS TEXT) || '-03-30', 0
FROM campaign WHERE city_id > 0;

INSERT INTO campaign_period (city_id, campaign_id, code, from_on, to_on, due_on, is_optional)
SELECT city_id, id, 'r4', CAST(year AS TEXT) || '-03-26', CAST(year AS TEXT) || '-04-30', CAST(year AS TEXT) || '-04-30', 0
FROM campaign WHERE city_id > 0;
