-- What people are told: their inbox, how they want to be reached, and the mails that went out.

-- kind: a name of a feature's table of kinds, which knows the page of object_id; args: what its text needs, as JSON; about_id: who has it now (0: nobody); once: never told
-- twice under this key ('': no key); is_discreet: no mail says what it is about; mail_id: the mail that carried it (0: none).
CREATE TABLE notice (
	city_id INT NOT NULL,
	id BIGINT NOT NULL,
	person_id BIGINT NOT NULL,
	kind TEXT NOT NULL,
	topic TEXT NOT NULL,
	urgency TEXT NOT NULL,
	object_id BIGINT NOT NULL,
	about_id BIGINT NOT NULL,
	args TEXT NOT NULL,
	once TEXT NOT NULL,
	is_discreet INT NOT NULL CHECK (is_discreet IN (0, 1)),
	made_at BIGINT NOT NULL,
	read_at BIGINT NOT NULL,
	mail_id BIGINT NOT NULL,
	PRIMARY KEY (city_id, id)
);

CREATE INDEX notice_of ON notice (city_id, person_id, made_at, id);
CREATE INDEX notice_unread ON notice (city_id, person_id, made_at, id) WHERE read_at = 0;
CREATE UNIQUE INDEX notice_once ON notice (city_id, person_id, once) WHERE once <> '';
CREATE INDEX notice_by_age ON notice (city_id, made_at, id);
CREATE INDEX notice_in_mail ON notice (city_id, mail_id, id) WHERE mail_id <> 0;

-- email counts once it is verified; code_hash: of the code that was sent to it; digest_hour: -1 as the city says; by_mail: topics, as words
-- with blanks between.
CREATE TABLE notice_profile (
	city_id INT NOT NULL,
	person_id BIGINT NOT NULL,
	email TEXT NOT NULL,
	verified_at BIGINT NOT NULL,
	code_hash BLOB NOT NULL,
	code_until BIGINT NOT NULL,
	code_tries INT NOT NULL,
	digest_hour INT NOT NULL,
	lang TEXT NOT NULL,
	by_mail TEXT NOT NULL,
	has_digest INT NOT NULL CHECK (has_digest IN (0, 1)),
	version BIGINT NOT NULL,
	PRIMARY KEY (city_id, person_id)
);

CREATE INDEX notice_profile_by_mail ON notice_profile (city_id, person_id) WHERE verified_at <> 0;

-- A mail: a person's digest of a day (one at most), an alarm, a code that proves an address. Its words are made when it is sent.
-- try_at: not before; lease_until: somebody is sending it now.
CREATE TABLE notice_mail (
	city_id INT NOT NULL,
	id BIGINT NOT NULL,
	person_id BIGINT NOT NULL,
	channel TEXT NOT NULL,
	purpose TEXT NOT NULL,
	on_day TEXT NOT NULL,
	state TEXT NOT NULL,
	n INT NOT NULL,
	attempts INT NOT NULL,
	try_at BIGINT NOT NULL,
	lease_until BIGINT NOT NULL,
	made_at BIGINT NOT NULL,
	sent_at BIGINT NOT NULL,
	error TEXT NOT NULL,
	PRIMARY KEY (city_id, id)
);

CREATE UNIQUE INDEX notice_digest_of_day ON notice_mail (city_id, person_id, on_day) WHERE purpose = 'digest';
CREATE INDEX notice_mail_of ON notice_mail (city_id, person_id, made_at, id);
CREATE INDEX notice_mail_waiting ON notice_mail (city_id, try_at, id) WHERE state = 'pending' OR state = 'sending';
CREATE INDEX notice_mail_by_age ON notice_mail (city_id, made_at, id);
