-- Roles that a city makes of permissions. `basis`: the built-in role that it was copied from ('' for none), as which its holders count.
CREATE TABLE custom_role (
	city_id INT NOT NULL,
	id BIGINT NOT NULL,
	name TEXT NOT NULL,
	basis TEXT NOT NULL,
	note TEXT NOT NULL,
	is_closed INT NOT NULL CHECK (is_closed IN (0, 1)),
	version BIGINT NOT NULL,
	PRIMARY KEY (city_id, id),
	UNIQUE (city_id, name)
);

-- A permission by its name, or a field right ("see.phone"); reach: below (the duty's unit and all below it) or city.
CREATE TABLE custom_grant (
	city_id INT NOT NULL,
	role_id BIGINT NOT NULL,
	what TEXT NOT NULL,
	reach TEXT NOT NULL,
	PRIMARY KEY (city_id, role_id, what),
	FOREIGN KEY (city_id, role_id) REFERENCES custom_role (city_id, id)
);

-- 0: a built-in role.
ALTER TABLE duty ADD COLUMN custom_id BIGINT NOT NULL DEFAULT 0;
CREATE INDEX duty_of_custom_role ON duty (city_id, custom_id, id) WHERE custom_id <> 0;
