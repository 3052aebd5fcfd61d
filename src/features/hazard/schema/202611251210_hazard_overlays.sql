-- Facts beside the state: dispute, extension, suspension, listing, transfer, merging, re-inspection, what management was told.

ALTER TABLE hazard ADD COLUMN marked INT NOT NULL DEFAULT 0;
ALTER TABLE hazard ADD COLUMN dispute TEXT NOT NULL DEFAULT '';
ALTER TABLE hazard ADD COLUMN disputed_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE hazard ADD COLUMN extended INT NOT NULL DEFAULT 0;
ALTER TABLE hazard ADD COLUMN deadline_before TEXT NOT NULL DEFAULT '';
ALTER TABLE hazard ADD COLUMN suspended_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE hazard ADD COLUMN paused_ms BIGINT NOT NULL DEFAULT 0;
ALTER TABLE hazard ADD COLUMN listing_state TEXT NOT NULL DEFAULT '';
ALTER TABLE hazard ADD COLUMN listing_number TEXT NOT NULL DEFAULT '';
ALTER TABLE hazard ADD COLUMN listing_body TEXT NOT NULL DEFAULT '';
ALTER TABLE hazard ADD COLUMN listing_deadline TEXT NOT NULL DEFAULT '';
ALTER TABLE hazard ADD COLUMN listing_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE hazard ADD COLUMN management_informed_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE hazard ADD COLUMN lowering_by BIGINT NOT NULL DEFAULT 0;
ALTER TABLE hazard ADD COLUMN reinspected TEXT NOT NULL DEFAULT '';
ALTER TABLE hazard ADD COLUMN reinspected_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE hazard ADD COLUMN transferred_to TEXT NOT NULL DEFAULT '';
ALTER TABLE hazard ADD COLUMN chased INT NOT NULL DEFAULT 0;
ALTER TABLE hazard ADD COLUMN chased_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE hazard ADD COLUMN merged_into BIGINT NOT NULL DEFAULT 0;
ALTER TABLE hazard ADD COLUMN merged_here INT NOT NULL DEFAULT 0;
ALTER TABLE hazard ADD COLUMN state_before TEXT NOT NULL DEFAULT '';
ALTER TABLE hazard ADD COLUMN reversed INT NOT NULL DEFAULT 0;

-- Those with a mark that clerks ask for are few: one index an anchor for all marks.
CREATE INDEX hazard_marked_in_city ON hazard (city_id, found_on, id, marked, state, due_at) WHERE marked > 0;
CREATE INDEX hazard_marked_in_top ON hazard (city_id, top_id, found_on, id, marked, state, due_at) WHERE marked > 0;
CREATE INDEX hazard_marked_in_mid ON hazard (city_id, mid_id, found_on, id, marked, state, due_at) WHERE marked > 0;
CREATE INDEX hazard_marked_in_enterprise ON hazard (city_id, enterprise_id, found_on, id, marked, state, due_at) WHERE marked > 0;
