-- +goose Up
ALTER TABLE plan ADD COLUMN notice_until timestamptz;
COMMENT ON COLUMN plan.notice_until IS '公示截止, 不含该时刻, 空为未公示 (when the public notice ends; NULL: not announced)';
ALTER TABLE plan_comment ADD COLUMN key text NOT NULL DEFAULT '';
COMMENT ON COLUMN plan_comment.key IS '发送者所给编号, 方案内唯一, 空为无 (key given by the sender, unique in the plan; empty for none)';
CREATE UNIQUE INDEX plan_comment_key ON plan_comment (plan, key) WHERE key <> '';
