-- Which data folder a number was given to, so that its next server takes it back; 0: no folder is known.
ALTER TABLE node_lease ADD COLUMN holder BIGINT NOT NULL DEFAULT 0;
