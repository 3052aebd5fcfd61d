-- Safety-duty cards: one for each post (a place of that kind), with who answers for it. holders and confirmed count card_holder.
CREATE TABLE safety_card (
	city_id INT NOT NULL,
	id BIGINT NOT NULL,
	place_id BIGINT NOT NULL,
	area TEXT NOT NULL,
	duties TEXT NOT NULL,
	hazards TEXT NOT NULL,
	owner_id BIGINT NOT NULL,
	owner_name TEXT NOT NULL,
	edition BIGINT NOT NULL,
	edition_at BIGINT NOT NULL,
	holders BIGINT NOT NULL,
	confirmed BIGINT NOT NULL,
	version BIGINT NOT NULL,
	PRIMARY KEY (city_id, id),
	FOREIGN KEY (city_id, place_id) REFERENCES place (city_id, id)
);

CREATE UNIQUE INDEX safety_card_of_place ON safety_card (city_id, place_id);

-- Who works at the post, and which edition of its card each has confirmed (0: none).
CREATE TABLE card_holder (
	city_id INT NOT NULL,
	card_id BIGINT NOT NULL,
	person_id BIGINT NOT NULL,
	confirmed_edition BIGINT NOT NULL,
	confirmed_at BIGINT NOT NULL,
	PRIMARY KEY (city_id, card_id, person_id),
	FOREIGN KEY (city_id, card_id) REFERENCES safety_card (city_id, id),
	FOREIGN KEY (city_id, person_id) REFERENCES person (city_id, id)
);

CREATE INDEX card_holder_person ON card_holder (city_id, person_id, card_id);
