-- Limits of the clocks that campaigns of before do not have: how long the next one has when the first did not act.

INSERT INTO campaign_limit (city_id, campaign_id, class, what, amount, unit, source)
SELECT city_id, id, 'any', 'pass_on', 24, 'hour', 'setting' FROM campaign WHERE city_id > 0;
INSERT INTO campaign_limit (city_id, campaign_id, class, what, amount, unit, source)
SELECT city_id, id, 'any', 'raise_next', 24, 'hour', 'setting' FROM campaign WHERE city_id > 0;
INSERT INTO campaign_limit (city_id, campaign_id, class, what, amount, unit, source)
SELECT city_id, id, 'any', 'management_plan', 7, 'day', 'setting' FROM campaign WHERE city_id > 0;
INSERT INTO campaign_limit (city_id, campaign_id, class, what, amount, unit, source)
SELECT city_id, id, 'any', 'oversight_next', 7, 'day', 'setting' FROM campaign WHERE city_id > 0;
INSERT INTO campaign_limit (city_id, campaign_id, class, what, amount, unit, source)
SELECT city_id, id, 'any', 'transfer_answer', 10, 'workday', 'setting' FROM campaign WHERE city_id > 0;
INSERT INTO campaign_limit (city_id, campaign_id, class, what, amount, unit, source)
SELECT city_id, id, 'danger', 'pass_on', 15, 'minute', 'setting' FROM campaign WHERE city_id > 0;
INSERT INTO campaign_limit (city_id, campaign_id, class, what, amount, unit, source)
SELECT city_id, id, 'danger', 'management_plan', 24, 'hour', 'setting' FROM campaign WHERE city_id > 0;
INSERT INTO campaign_limit (city_id, campaign_id, class, what, amount, unit, source)
SELECT city_id, id, 'danger', 'oversight_next', 24, 'hour', 'setting' FROM campaign WHERE city_id > 0;
