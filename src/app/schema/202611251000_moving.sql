-- Subtrees that have moved while rows of other tables still carry where they stood: from which path to which, and how far the job is
-- that rewrites them (moving.h). Empty but for the minutes after a move.
CREATE TABLE moving (
	city_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	change_id BIGINT NOT NULL,
	from_path TEXT NOT NULL,
	to_path TEXT NOT NULL,
	from_unit BIGINT NOT NULL,
	to_unit BIGINT NOT NULL,
	from_top BIGINT NOT NULL,
	from_mid BIGINT NOT NULL,
	from_enterprise BIGINT NOT NULL,
	to_top BIGINT NOT NULL,
	to_mid BIGINT NOT NULL,
	to_enterprise BIGINT NOT NULL,
	phase TEXT NOT NULL,
	at_path TEXT NOT NULL,
	settle_at BIGINT NOT NULL,
	PRIMARY KEY (city_id, id)
);
