-- A repeated import finds a person again by staff number inside the employer, or by telephone.
CREATE INDEX person_by_staff_number ON person (city_id, enterprise_id, staff_number, id) WHERE staff_number <> '';
CREATE INDEX person_by_phone ON person (city_id, phone, id) WHERE phone <> '';
