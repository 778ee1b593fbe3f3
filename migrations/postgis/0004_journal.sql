-- +goose Up
CREATE TABLE event (
	id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	at    timestamptz NOT NULL,
	actor text NOT NULL,
	kind  text NOT NULL,
	key   text NOT NULL,
	grid  bigint NOT NULL,
	body  text NOT NULL
);
COMMENT ON TABLE event IS '事件: 打印, 走访, 送达 …, 只增不改 (what happened beside the map)';
COMMENT ON COLUMN event.id IS '序号, 按发生先后 (number, ascending)';
COMMENT ON COLUMN event.at IS '时间 (when)';
COMMENT ON COLUMN event.actor IS '何人 (who)';
COMMENT ON COLUMN event.kind IS '类型 (kind)';
COMMENT ON COLUMN event.key IS '对象: 标牌编码, 记录键 (what it happened to)';
COMMENT ON COLUMN event.grid IS '网格, 0 为无 (grid; 0 is none)';
COMMENT ON COLUMN event.body IS '内容, JSON, 可空 (body; may be empty)';
CREATE INDEX event_of ON event (kind, key, id);

CREATE TABLE tally (
	kind text NOT NULL,
	key  text NOT NULL,
	day  date NOT NULL,
	n    bigint NOT NULL,
	PRIMARY KEY (kind, key, day)
);
COMMENT ON TABLE tally IS '每日计数, 不记何人 (counts by day, of nobody in particular)';
COMMENT ON COLUMN tally.kind IS '类型 (kind)';
COMMENT ON COLUMN tally.key IS '对象 (of what)';
COMMENT ON COLUMN tally.day IS '日期, UTC (day)';
COMMENT ON COLUMN tally.n IS '次数 (count)';

CREATE TABLE attachment (
	id    text PRIMARY KEY,
	at    timestamptz NOT NULL,
	actor text NOT NULL,
	type  text NOT NULL,
	data  bytea NOT NULL
);
COMMENT ON TABLE attachment IS '附件: 标牌与边界的照片 (photos of signs and borders)';
COMMENT ON COLUMN attachment.id IS '随机编号 (random)';
COMMENT ON COLUMN attachment.at IS '时间 (when)';
COMMENT ON COLUMN attachment.actor IS '何人 (who)';
COMMENT ON COLUMN attachment.type IS '媒体类型 (media type)';
COMMENT ON COLUMN attachment.data IS '内容 (bytes)';

CREATE TABLE account (
	id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	name        text NOT NULL UNIQUE,
	title       text NOT NULL,
	person      bigint NOT NULL,
	password    text NOT NULL,
	subject     text UNIQUE,
	grants      text NOT NULL,
	disabled    boolean NOT NULL,
	failures    integer NOT NULL,
	locked_till timestamptz,
	created_at  timestamptz,
	changed_at  timestamptz,
	version     bigint NOT NULL
);
COMMENT ON TABLE account IS '账号 (who can sign in)';
COMMENT ON COLUMN account.id IS '编号 (identity)';
COMMENT ON COLUMN account.name IS '登录名 (name to sign in with)';
COMMENT ON COLUMN account.title IS '显示名 (as shown to others)';
COMMENT ON COLUMN account.person IS '人员编号, 0 为无 (person; 0 is none)';
COMMENT ON COLUMN account.password IS '口令的 argon2id 摘要, 空为不可用口令登录 (hash; empty: no password)';
COMMENT ON COLUMN account.subject IS '统一身份: 签发者与主体 (issuer and subject at an identity provider)';
COMMENT ON COLUMN account.grants IS '授权, JSON (grants)';
COMMENT ON COLUMN account.disabled IS '已停用 (disabled)';
COMMENT ON COLUMN account.failures IS '连续输错次数 (wrong passwords in a row)';
COMMENT ON COLUMN account.locked_till IS '锁定至 (locked until)';
COMMENT ON COLUMN account.created_at IS '建立时间 (created)';
COMMENT ON COLUMN account.changed_at IS '修改时间 (changed)';
COMMENT ON COLUMN account.version IS '修改次数, 用于防止互相覆盖 (for compare-and-set)';

CREATE TABLE account_name (
	name    text PRIMARY KEY,
	account bigint NOT NULL REFERENCES account (id)
);
COMMENT ON TABLE account_name IS '用过的登录名, 永不转给他人 (every name that was ever an account''s)';
COMMENT ON COLUMN account_name.name IS '登录名 (name)';
COMMENT ON COLUMN account_name.account IS '账号 (account)';

CREATE TABLE api_key (
	id         text PRIMARY KEY,
	hash       bytea NOT NULL,
	label      text NOT NULL,
	grants     text NOT NULL,
	per_minute integer NOT NULL,
	created_by text NOT NULL,
	created_at timestamptz,
	expires_at timestamptz,
	revoked_at timestamptz,
	used_at    timestamptz
);
COMMENT ON TABLE api_key IS '接口密钥, 只存摘要 (API keys; of the secret only the hash)';
COMMENT ON COLUMN api_key.id IS '公开部分 (public part)';
COMMENT ON COLUMN api_key.hash IS '秘密部分的 SHA-256 (hash of the secret part)';
COMMENT ON COLUMN api_key.label IS '用途 (what it is for)';
COMMENT ON COLUMN api_key.grants IS '授权, JSON (grants)';
COMMENT ON COLUMN api_key.per_minute IS '每分钟请求数, 0 为默认 (requests a minute; 0 is the default)';
COMMENT ON COLUMN api_key.created_by IS '签发人 (made by)';
COMMENT ON COLUMN api_key.created_at IS '签发时间 (made)';
COMMENT ON COLUMN api_key.expires_at IS '到期, 空为不到期 (expires; NULL: never)';
COMMENT ON COLUMN api_key.revoked_at IS '吊销时间 (revoked)';
COMMENT ON COLUMN api_key.used_at IS '最近使用, 精确到分 (last used, to the minute)';

CREATE TABLE session (
	hash       bytea PRIMARY KEY,
	account    bigint NOT NULL REFERENCES account (id),
	csrf       text NOT NULL,
	created_at timestamptz,
	seen_at    timestamptz,
	expires_at timestamptz NOT NULL
);
COMMENT ON TABLE session IS '登录会话 (signed-in browsers)';
COMMENT ON COLUMN session.hash IS 'Cookie 的 SHA-256 (hash of the cookie)';
COMMENT ON COLUMN session.account IS '账号 (account)';
COMMENT ON COLUMN session.csrf IS '表单令牌 (token of forms)';
COMMENT ON COLUMN session.created_at IS '登录时间 (signed in)';
COMMENT ON COLUMN session.seen_at IS '最近使用, 精确到分 (last seen, to the minute)';
COMMENT ON COLUMN session.expires_at IS '到期 (expires)';
CREATE INDEX session_of ON session (account);
