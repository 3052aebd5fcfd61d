-- What every feature needs: node numbers, events, audit, jobs, attachments,
-- uploads, settings, idempotency keys.

-- national because a node number is part of every id, whatever its city
CREATE TABLE node_lease (
	node INT NOT NULL,
	owner BIGINT NOT NULL,
	lease_until BIGINT NOT NULL,
	high_ms BIGINT NOT NULL,
	PRIMARY KEY (node)
);

-- The bytes are the event; the columns beside them are for finding and are checked against them.
CREATE TABLE event (
	city_id BIGINT NOT NULL,
	object_kind TEXT NOT NULL,
	object_id BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	id BIGINT NOT NULL,
	at BIGINT NOT NULL,
	act TEXT NOT NULL,
	actor_id BIGINT NOT NULL,
	unit_id BIGINT NOT NULL,
	body BLOB NOT NULL,
	hash BLOB NOT NULL,
	PRIMARY KEY (city_id, object_kind, object_id, seq)
);
CREATE UNIQUE INDEX event_id ON event (city_id, id);
CREATE INDEX event_at ON event (city_id, at, id);

-- The last event of each object: a chain that lost its end does not fit it.
CREATE TABLE event_head (
	city_id BIGINT NOT NULL,
	object_kind TEXT NOT NULL,
	object_id BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	hash BLOB NOT NULL,
	PRIMARY KEY (city_id, object_kind, object_id)
);

-- Free text and personal values: the event holds their commitments. An erased one keeps its row, without value and salt.
CREATE TABLE event_value (
	city_id BIGINT NOT NULL,
	object_kind TEXT NOT NULL,
	object_id BIGINT NOT NULL,
	seq BIGINT NOT NULL,
	pos INT NOT NULL,
	value TEXT NOT NULL,
	salt BLOB NOT NULL,
	erased_at BIGINT NOT NULL,
	PRIMARY KEY (city_id, object_kind, object_id, seq, pos)
);

-- The first of an actor, a kind, an object and a minute is a row; what follows within the minute is counted in it.
CREATE TABLE audit (
	city_id BIGINT NOT NULL,
	actor_id BIGINT NOT NULL,
	what TEXT NOT NULL,
	object TEXT NOT NULL,
	minute BIGINT NOT NULL,
	id BIGINT NOT NULL,
	at BIGINT NOT NULL,
	n BIGINT NOT NULL,
	detail TEXT NOT NULL,
	addr TEXT NOT NULL,
	PRIMARY KEY (city_id, actor_id, what, object, minute)
);
CREATE INDEX audit_at ON audit (city_id, at, id);

-- Open and given-up jobs; a done one is gone. owner 0: nobody is at it.
CREATE TABLE job (
	city_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	uniq TEXT NOT NULL,
	payload TEXT NOT NULL,
	due_at BIGINT NOT NULL,
	owner BIGINT NOT NULL,
	lease_until BIGINT NOT NULL,
	attempts BIGINT NOT NULL,
	again INT NOT NULL CHECK (again IN (0, 1)),
	given_up INT NOT NULL CHECK (given_up IN (0, 1)),
	last_error TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	PRIMARY KEY (city_id, id)
);
CREATE UNIQUE INDEX job_open ON job (city_id, kind, uniq) WHERE uniq <> '' AND given_up = 0;
CREATE INDEX job_due ON job (city_id, given_up, due_at, id);

CREATE TABLE attachment (
	city_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	object_kind TEXT NOT NULL,
	object_id BIGINT NOT NULL,
	role TEXT NOT NULL,
	sha256 BLOB NOT NULL,
	type TEXT NOT NULL,
	size BIGINT NOT NULL,
	made_at BIGINT NOT NULL,
	PRIMARY KEY (city_id, id)
);
CREATE INDEX attachment_of ON attachment (city_id, object_kind, object_id, id);

-- state: open (bytes still come) or whole (a stored blob). The row goes when it is taken: nothing ties a taken photo to its maker.
CREATE TABLE upload (
	city_id BIGINT NOT NULL,
	id BIGINT NOT NULL,
	person_id BIGINT NOT NULL,
	secret_hash BLOB NOT NULL,
	size BIGINT NOT NULL,
	received BIGINT NOT NULL,
	state TEXT NOT NULL,
	sha256 BLOB NOT NULL,
	type TEXT NOT NULL,
	made_at BIGINT NOT NULL,
	PRIMARY KEY (city_id, id)
);
CREATE INDEX upload_old ON upload (city_id, made_at, id);

CREATE TABLE setting (
	city_id BIGINT NOT NULL,
	name TEXT NOT NULL,
	value TEXT NOT NULL,
	changed_at BIGINT NOT NULL,
	changed_by BIGINT NOT NULL,
	PRIMARY KEY (city_id, name)
);

CREATE TABLE idempotency (
	city_id BIGINT NOT NULL,
	actor_id BIGINT NOT NULL,
	key TEXT NOT NULL,
	route TEXT NOT NULL,
	fields_hash BLOB NOT NULL,
	object_id BIGINT NOT NULL,
	at BIGINT NOT NULL,
	PRIMARY KEY (city_id, actor_id, key)
);
CREATE INDEX idempotency_at ON idempotency (city_id, at);
