-- +goose Up
CREATE TABLE receipt (
	id       text PRIMARY KEY,
	at       timestamptz NOT NULL,
	question text NOT NULL,
	answer   text NOT NULL,
	edition  bigint NOT NULL,
	seq      bigint NOT NULL
);
COMMENT ON TABLE receipt IS '回执: 系统当时的回答原文 (receipts: what the system answered then, word for word)';
COMMENT ON COLUMN receipt.id IS '随机编号, 知道者可查 (random; whoever knows it may read the receipt)';
COMMENT ON COLUMN receipt.at IS '回答时间 (when it was answered)';
COMMENT ON COLUMN receipt.question IS '问题原文 (the question as it was asked)';
COMMENT ON COLUMN receipt.answer IS '回答原文, JSON (the answer as it was given)';
COMMENT ON COLUMN receipt.edition IS '回答所依据的版次 (the edition it was answered from)';
COMMENT ON COLUMN receipt.seq IS '回答所依据的最新修改 (the newest change set it knew)';

CREATE TABLE feedback (
	id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	receipt    text NOT NULL REFERENCES receipt (id),
	at         timestamptz NOT NULL,
	kind       text NOT NULL,
	text       text NOT NULL,
	place      bigint NOT NULL,
	settled    text NOT NULL DEFAULT '',
	settled_by text NOT NULL DEFAULT '',
	settled_at timestamptz
);
COMMENT ON TABLE feedback IS '回答有误的反馈 (feedback on answers that were wrong)';
COMMENT ON COLUMN feedback.id IS '编号 (number)';
COMMENT ON COLUMN feedback.receipt IS '所指的回执 (the receipt it is about)';
COMMENT ON COLUMN feedback.at IS '反馈时间 (when)';
COMMENT ON COLUMN feedback.kind IS '类型: wrong_place, wrong_grid, other (kind)';
COMMENT ON COLUMN feedback.text IS '反馈原话 (in the reporter''s words)';
COMMENT ON COLUMN feedback.place IS '应为的地址编号, 0 为未指明 (the place that was meant; 0 is none)';
COMMENT ON COLUMN feedback.settled IS '处理结果, 空为未处理 (how it was settled; empty is open)';
COMMENT ON COLUMN feedback.settled_by IS '处理人 (who settled it)';
COMMENT ON COLUMN feedback.settled_at IS '处理时间 (when it was settled)';
CREATE INDEX feedback_open ON feedback (id) WHERE settled = '';
