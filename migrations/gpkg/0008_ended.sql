-- +goose Up
-- When versions ended: a map is loaded without those that ended before it, and
-- must know when the last of them did.
CREATE INDEX grid_ended ON grid (valid_to) WHERE valid_to IS NOT NULL;
CREATE INDEX atom_ended ON atom (valid_to) WHERE valid_to IS NOT NULL;
CREATE INDEX membership_ended ON membership (valid_to) WHERE valid_to IS NOT NULL;
CREATE INDEX place_ended ON place (valid_to) WHERE valid_to IS NOT NULL;
CREATE INDEX person_ended ON person (valid_to) WHERE valid_to IS NOT NULL;
CREATE INDEX post_ended ON post (valid_to) WHERE valid_to IS NOT NULL;
CREATE INDEX record_ended ON record (valid_to) WHERE valid_to IS NOT NULL;
