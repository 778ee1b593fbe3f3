-- +goose Up
CREATE TABLE audit_aside (
	n      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at     timestamptz NOT NULL,
	actor  text NOT NULL,
	action text NOT NULL,
	thing  text NOT NULL,
	detail text NOT NULL
);
COMMENT ON TABLE audit_aside IS '等待入链的审计记录: 长时间写入期间先落盘, 由下一次写入接入审计链 (audit lines that could not wait for a long commit; the next one takes them into the chain)';
COMMENT ON COLUMN audit_aside.n IS '先后 (order)';
COMMENT ON COLUMN audit_aside.at IS '时间 (when)';
COMMENT ON COLUMN audit_aside.actor IS '何人 (who)';
COMMENT ON COLUMN audit_aside.action IS '操作 (what was done)';
COMMENT ON COLUMN audit_aside.thing IS '对象 (to what)';
COMMENT ON COLUMN audit_aside.detail IS '细节 (detail)';
