-- +goose Up
-- Public notices: until when a plan is shown, and the senders' own numbers of
-- comments, so that one sent twice counts once.
ALTER TABLE plan ADD COLUMN notice_until TEXT;
ALTER TABLE plan_comment ADD COLUMN key TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX plan_comment_key ON plan_comment (plan, key) WHERE key <> '';
