-- The audience that a person's tokens are bound to (RFC 8707), where they are bound to one.
ALTER TABLE codes ADD COLUMN audience TEXT;
ALTER TABLE grants ADD COLUMN audience TEXT;
