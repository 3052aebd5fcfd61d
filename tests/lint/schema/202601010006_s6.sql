CREATE INDEX planted ON unit (name);
