-- A move that took effect on a past day: from which day on figures count anew, and how far that is (which feature, which of its subjects).
ALTER TABLE moving ADD COLUMN since TEXT NOT NULL DEFAULT '';
ALTER TABLE moving ADD COLUMN counted_by INT NOT NULL DEFAULT 0;
ALTER TABLE moving ADD COLUMN counted_id BIGINT NOT NULL DEFAULT 0;
