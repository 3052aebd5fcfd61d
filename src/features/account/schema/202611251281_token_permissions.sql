-- What a token may at most, by names with blanks between them; none: all that its person holds.
ALTER TABLE api_token ADD COLUMN permissions TEXT NOT NULL DEFAULT '';
