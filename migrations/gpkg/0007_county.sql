-- +goose Up
-- Where rows lie: the county, so that a server reads only the counties that it
-- serves (--scope); 0 is read by every server. The ledger says which.
ALTER TABLE head ADD COLUMN settled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE grid ADD COLUMN county INTEGER NOT NULL DEFAULT 0;
ALTER TABLE atom ADD COLUMN county INTEGER NOT NULL DEFAULT 0;
ALTER TABLE membership ADD COLUMN county INTEGER NOT NULL DEFAULT 0;
ALTER TABLE place ADD COLUMN county INTEGER NOT NULL DEFAULT 0;
ALTER TABLE person ADD COLUMN county INTEGER NOT NULL DEFAULT 0;
ALTER TABLE post ADD COLUMN county INTEGER NOT NULL DEFAULT 0;
ALTER TABLE record ADD COLUMN county INTEGER NOT NULL DEFAULT 0;
CREATE INDEX post_person ON post (person) WHERE person IS NOT NULL;
CREATE INDEX record_person ON record (person) WHERE person IS NOT NULL;
