-- +goose Up
-- The map of one CloudGrid store, with every version of everything in it.
-- Validity is half-open; NULL is "since ever" and "until further notice".
-- recorded_from/recorded_to are change sets; recorded_to NULL is: still
-- believed. Shapes are longitude/latitude on CGCS2000 (EPSG:4490).
-- The extensions postgis and btree_gist are there already: the program sees to it.

CREATE TABLE head (
	one        boolean PRIMARY KEY DEFAULT true CHECK (one),
	seq        bigint NOT NULL CHECK (seq >= 0),
	edition    bigint NOT NULL CHECK (edition >= 0),
	at         timestamptz,
	next_id    bigint NOT NULL CHECK (next_id > 0),
	audit_id   bigint NOT NULL CHECK (audit_id >= 0),
	audit_hash text NOT NULL
);
COMMENT ON TABLE head IS '存储现状, 仅一行; 写入者先锁此行 (where the store stands: one row, which a writer locks first)';
COMMENT ON COLUMN head.one IS '恒为真, 保证仅一行 (always true: there is one row)';
COMMENT ON COLUMN head.seq IS '最新修改的序号 (newest change set)';
COMMENT ON COLUMN head.edition IS '最新版次 (newest edition)';
COMMENT ON COLUMN head.at IS '最新修改的时间 (time of the newest change set)';
COMMENT ON COLUMN head.next_id IS '下一个编号, 各类共用, 永不重复 (next id, over all kinds of things)';
COMMENT ON COLUMN head.audit_id IS '最后一条审计记录 (last audit line)';
COMMENT ON COLUMN head.audit_hash IS '最后一条审计记录的哈希 (hash of the last audit line)';
INSERT INTO head VALUES (true, 0, 0, NULL, 1, 0, '');

CREATE TABLE change_set (
	seq     bigint PRIMARY KEY CHECK (seq > 0),
	at      timestamptz NOT NULL,
	actor   text NOT NULL,
	action  text NOT NULL,
	note    text NOT NULL,
	edition bigint NOT NULL
);
COMMENT ON TABLE change_set IS '修改记录: 每次提交一行, 序号连续 (change sets: one row a commit, numbered without gaps)';
COMMENT ON COLUMN change_set.seq IS '序号 (number)';
COMMENT ON COLUMN change_set.at IS '记录时间 (recorded time)';
COMMENT ON COLUMN change_set.actor IS '操作人 (who)';
COMMENT ON COLUMN change_set.action IS '操作 (what: import, publish, staff …)';
COMMENT ON COLUMN change_set.note IS '说明 (why)';
COMMENT ON COLUMN change_set.edition IS '所发布的版次, 0 为无 (edition it published, 0 for none)';

CREATE TABLE edition (
	number       bigint PRIMARY KEY CHECK (number > 0),
	name         text NOT NULL,
	effective_at timestamptz,
	published_at timestamptz NOT NULL,
	seq          bigint NOT NULL UNIQUE REFERENCES change_set (seq),
	"by"         text NOT NULL,
	note         text NOT NULL
);
COMMENT ON TABLE edition IS '版次: 已发布, 永不更改 (published editions, never changed)';
COMMENT ON COLUMN edition.number IS '版次号, 连续 (number, without gaps)';
COMMENT ON COLUMN edition.name IS '名称 (name)';
COMMENT ON COLUMN edition.effective_at IS '生效时间 (effective from)';
COMMENT ON COLUMN edition.published_at IS '发布时间 (published at)';
COMMENT ON COLUMN edition.seq IS '发布它的修改 (change set that published it)';
COMMENT ON COLUMN edition."by" IS '发布人 (by whom)';
COMMENT ON COLUMN edition.note IS '说明 (note)';

CREATE TABLE audit (
	id     bigint PRIMARY KEY CHECK (id > 0),
	at     timestamptz NOT NULL,
	actor  text NOT NULL,
	action text NOT NULL,
	thing  text NOT NULL,
	detail text NOT NULL,
	seq    bigint NOT NULL,
	prev   text NOT NULL,
	hash   text NOT NULL
);
COMMENT ON TABLE audit IS '审计: 只增, 哈希相连 (who did what: append-only, hash-chained)';
COMMENT ON COLUMN audit.id IS '序号 (number)';
COMMENT ON COLUMN audit.at IS '时间 (when)';
COMMENT ON COLUMN audit.actor IS '操作人 (who)';
COMMENT ON COLUMN audit.action IS '操作 (what)';
COMMENT ON COLUMN audit.thing IS '对象 (to what: grid:12 …)';
COMMENT ON COLUMN audit.detail IS '细节 (detail)';
COMMENT ON COLUMN audit.seq IS '所属修改, 0 为读取 (change set, 0 for a read)';
COMMENT ON COLUMN audit.prev IS '上一条的哈希 (hash of the line before)';
COMMENT ON COLUMN audit.hash IS '本条的哈希 (hash of this line)';
-- +goose StatementBegin
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION '审计记录只增不改 (audit is append-only)';
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
	FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

CREATE TABLE setting (
	one   boolean PRIMARY KEY DEFAULT true CHECK (one),
	value jsonb NOT NULL
);
COMMENT ON TABLE setting IS '设置, 仅一行 (what the tenant says once: one row)';
COMMENT ON COLUMN setting.one IS '恒为真, 保证仅一行 (always true: there is one row)';
COMMENT ON COLUMN setting.value IS '设置内容 (the settings)';

CREATE TABLE network (
	id   bigint PRIMARY KEY CHECK (id > 0),
	code text NOT NULL UNIQUE,
	name text NOT NULL,
	main boolean NOT NULL
);
COMMENT ON TABLE network IS '网: 综治网, 党建网 … (networks: each a complete tree of grids)';
COMMENT ON COLUMN network.id IS '编号 (id)';
COMMENT ON COLUMN network.code IS '编码 (code)';
COMMENT ON COLUMN network.name IS '名称 (name)';
COMMENT ON COLUMN network.main IS '主网: 未指定时由它回答 (answers when none is asked for)';
CREATE UNIQUE INDEX network_main ON network (main) WHERE main;

CREATE TABLE level (
	network bigint NOT NULL REFERENCES network (id),
	rank    integer NOT NULL CHECK (rank >= 0),
	code    text NOT NULL,
	name    text NOT NULL,
	PRIMARY KEY (network, rank),
	UNIQUE (network, code)
);
COMMENT ON TABLE level IS '层级: 街道, 社区, 网格 … (the rungs of a network)';
COMMENT ON COLUMN level.network IS '网 (network)';
COMMENT ON COLUMN level.rank IS '级次, 0 为顶层 (0 is the top)';
COMMENT ON COLUMN level.code IS '编码 (code)';
COMMENT ON COLUMN level.name IS '名称 (name)';

CREATE TABLE role (
	code    text PRIMARY KEY,
	name    text NOT NULL,
	"order" integer NOT NULL
);
COMMENT ON TABLE role IS '角色: 网格员, 网格长 … (what posts are called)';
COMMENT ON COLUMN role.code IS '编码 (code)';
COMMENT ON COLUMN role.name IS '名称 (name)';
COMMENT ON COLUMN role."order" IS '排序, 亦为呼叫次序 (sorts the staff, and is the order to call in)';

CREATE TABLE sizing_profile (
	network   bigint NOT NULL REFERENCES network (id),
	level     integer NOT NULL,
	type      text NOT NULL,
	unit      text NOT NULL,
	min       double precision NOT NULL,
	target    double precision NOT NULL,
	max       double precision NOT NULL,
	per_staff boolean NOT NULL,
	weights   jsonb NOT NULL,
	PRIMARY KEY (network, level, type),
	CHECK (0 <= min AND min <= target AND target <= max)
);
COMMENT ON TABLE sizing_profile IS '规模标准 (how big a grid should be)';
COMMENT ON COLUMN sizing_profile.network IS '网 (network)';
COMMENT ON COLUMN sizing_profile.level IS '层级 (rank of the level)';
COMMENT ON COLUMN sizing_profile.type IS '网格类型, 空为全部 (type of grid, empty for any)';
COMMENT ON COLUMN sizing_profile.unit IS '计量: 户, 人, 店 … (count it is measured in)';
COMMENT ON COLUMN sizing_profile.min IS '下限 (least)';
COMMENT ON COLUMN sizing_profile.target IS '目标 (target)';
COMMENT ON COLUMN sizing_profile.max IS '上限 (most)';
COMMENT ON COLUMN sizing_profile.per_staff IS '按每名专职人员计 (per full-time staff member)';
COMMENT ON COLUMN sizing_profile.weights IS '加权 (weights of the load)';

CREATE TABLE code (
	kind    text NOT NULL CHECK (kind IN ('grid', 'atom', 'place', 'person')),
	network bigint NOT NULL,
	code    text COLLATE "C" NOT NULL,
	id      bigint NOT NULL,
	PRIMARY KEY (kind, network, code)
);
COMMENT ON TABLE code IS '编码归属: 编码一经使用, 永不改属 (whose a code is, for ever)';
COMMENT ON COLUMN code.kind IS '类别 (kind of thing)';
COMMENT ON COLUMN code.network IS '网, 非网格为 0 (network, 0 but for grids)';
COMMENT ON COLUMN code.code IS '编码 (code)';
COMMENT ON COLUMN code.id IS '所属编号 (whose it is)';

CREATE TABLE grid (
	fid           bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	id            bigint NOT NULL CHECK (id > 0),
	network       bigint NOT NULL REFERENCES network (id),
	level         integer NOT NULL CHECK (level >= 0),
	parent        bigint CHECK (parent > 0 AND parent <> id),
	code          text NOT NULL CHECK (code <> ''),
	name          text NOT NULL CHECK (name <> ''),
	type          text NOT NULL,
	attrs         jsonb NOT NULL,
	shape         geometry(MultiPolygon, 4490),
	valid_from    timestamptz,
	valid_to      timestamptz,
	recorded_from bigint NOT NULL REFERENCES change_set (seq),
	recorded_to   bigint REFERENCES change_set (seq),
	CHECK (valid_from < valid_to),
	CHECK (recorded_from < recorded_to),
	CONSTRAINT grid_one_at_a_time EXCLUDE USING gist (id WITH =, tstzrange(valid_from, valid_to) WITH &&) WHERE (recorded_to IS NULL),
	CONSTRAINT grid_code_once EXCLUDE USING gist (network WITH =, code WITH =, tstzrange(valid_from, valid_to) WITH &&) WHERE (recorded_to IS NULL)
);
COMMENT ON TABLE grid IS '网格, 全部版本 (every version of the grids)';
COMMENT ON COLUMN grid.fid IS '版本行号 (row of the version)';
COMMENT ON COLUMN grid.id IS '编号, 永不改变 (identity, for ever)';
COMMENT ON COLUMN grid.network IS '网 (network)';
COMMENT ON COLUMN grid.level IS '层级, 0 为顶层 (rank of its level, 0 is the top)';
COMMENT ON COLUMN grid.parent IS '上级网格, 顶层为空 (parent grid, NULL at the top)';
COMMENT ON COLUMN grid.code IS '编码, 网内唯一 (code, unique in its network)';
COMMENT ON COLUMN grid.name IS '名称 (name)';
COMMENT ON COLUMN grid.type IS '类型: 综合, 专属, 商业, 微, 水上 (general, dedicated, commercial, micro, waterborne)';
COMMENT ON COLUMN grid.attrs IS '其他属性 (attributes)';
COMMENT ON COLUMN grid.shape IS '图形, 经纬度, CGCS2000 (shape, longitude/latitude, CGCS2000)';
COMMENT ON COLUMN grid.valid_from IS '有效期起, 空为自始 (true from; NULL: since ever)';
COMMENT ON COLUMN grid.valid_to IS '有效期止 (不含), 空为至今 (true until, exclusive; NULL: open)';
COMMENT ON COLUMN grid.recorded_from IS '自此修改起系统如此认为 (believed since this change set)';
COMMENT ON COLUMN grid.recorded_to IS '自此修改起不再认为, 空为仍认为 (believed until this change set; NULL: still)';
CREATE UNIQUE INDEX grid_order ON grid (id, valid_from NULLS FIRST, recorded_from) NULLS NOT DISTINCT;
CREATE INDEX grid_recorded ON grid (recorded_from);
CREATE INDEX grid_superseded ON grid (recorded_to) WHERE recorded_to IS NOT NULL;
ALTER TABLE grid ADD CHECK ((level = 0) = (parent IS NULL));
CREATE INDEX grid_parent ON grid (parent) WHERE recorded_to IS NULL;
CREATE INDEX grid_shape ON grid USING gist (shape);

CREATE TABLE atom (
	fid           bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	id            bigint NOT NULL CHECK (id > 0),
	code          text NOT NULL CHECK (code <> ''),
	name          text NOT NULL,
	kind          text NOT NULL,
	counts        jsonb NOT NULL,
	attrs         jsonb NOT NULL,
	shape         geometry(MultiPolygon, 4490),
	valid_from    timestamptz,
	valid_to      timestamptz,
	recorded_from bigint NOT NULL REFERENCES change_set (seq),
	recorded_to   bigint REFERENCES change_set (seq),
	CHECK (valid_from < valid_to),
	CHECK (recorded_from < recorded_to),
	CONSTRAINT atom_one_at_a_time EXCLUDE USING gist (id WITH =, tstzrange(valid_from, valid_to) WITH &&) WHERE (recorded_to IS NULL)
);
COMMENT ON TABLE atom IS '基本单元, 全部版本: 楼, 院, 地块 … 从不拆分 (every version of the atoms: what is never split)';
COMMENT ON COLUMN atom.fid IS '版本行号 (row of the version)';
COMMENT ON COLUMN atom.id IS '编号, 永不改变 (identity, for ever)';
COMMENT ON COLUMN atom.code IS '编码 (code)';
COMMENT ON COLUMN atom.name IS '名称 (name)';
COMMENT ON COLUMN atom.kind IS '种类: building, compound, plot … (kind)';
COMMENT ON COLUMN atom.counts IS '数量: 户, 人, 店 … (households, persons, shops …)';
COMMENT ON COLUMN atom.attrs IS '其他属性 (attributes)';
COMMENT ON COLUMN atom.shape IS '图形, 经纬度, CGCS2000 (shape, longitude/latitude, CGCS2000)';
COMMENT ON COLUMN atom.valid_from IS '有效期起, 空为自始 (true from; NULL: since ever)';
COMMENT ON COLUMN atom.valid_to IS '有效期止 (不含), 空为至今 (true until, exclusive; NULL: open)';
COMMENT ON COLUMN atom.recorded_from IS '自此修改起系统如此认为 (believed since this change set)';
COMMENT ON COLUMN atom.recorded_to IS '自此修改起不再认为, 空为仍认为 (believed until this change set; NULL: still)';
CREATE UNIQUE INDEX atom_order ON atom (id, valid_from NULLS FIRST, recorded_from) NULLS NOT DISTINCT;
CREATE INDEX atom_recorded ON atom (recorded_from);
CREATE INDEX atom_superseded ON atom (recorded_to) WHERE recorded_to IS NOT NULL;
CREATE INDEX atom_shape ON atom USING gist (shape);

CREATE TABLE membership (
	fid           bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	atom          bigint NOT NULL CHECK (atom > 0),
	network       bigint NOT NULL REFERENCES network (id),
	grid          bigint NOT NULL CHECK (grid > 0),
	valid_from    timestamptz,
	valid_to      timestamptz,
	recorded_from bigint NOT NULL REFERENCES change_set (seq),
	recorded_to   bigint REFERENCES change_set (seq),
	CHECK (valid_from < valid_to),
	CHECK (recorded_from < recorded_to),
	CONSTRAINT membership_one_at_a_time EXCLUDE USING gist (atom WITH =, network WITH =, tstzrange(valid_from, valid_to) WITH &&) WHERE (recorded_to IS NULL)
);
COMMENT ON TABLE membership IS '单元归属, 全部版本 (which grid of a network an atom belongs to, every version)';
COMMENT ON COLUMN membership.fid IS '版本行号 (row of the version)';
COMMENT ON COLUMN membership.atom IS '单元 (atom)';
COMMENT ON COLUMN membership.network IS '网 (network)';
COMMENT ON COLUMN membership.grid IS '网格 (grid)';
COMMENT ON COLUMN membership.valid_from IS '有效期起, 空为自始 (true from; NULL: since ever)';
COMMENT ON COLUMN membership.valid_to IS '有效期止 (不含), 空为至今 (true until, exclusive; NULL: open)';
COMMENT ON COLUMN membership.recorded_from IS '自此修改起系统如此认为 (believed since this change set)';
COMMENT ON COLUMN membership.recorded_to IS '自此修改起不再认为, 空为仍认为 (believed until this change set; NULL: still)';
CREATE UNIQUE INDEX membership_order ON membership (atom, network, valid_from NULLS FIRST, recorded_from) NULLS NOT DISTINCT;
CREATE INDEX membership_recorded ON membership (recorded_from);
CREATE INDEX membership_superseded ON membership (recorded_to) WHERE recorded_to IS NOT NULL;
CREATE INDEX membership_grid ON membership (grid) WHERE recorded_to IS NULL;

CREATE TABLE place (
	fid           bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	id            bigint NOT NULL CHECK (id > 0),
	code          text NOT NULL,
	kind          text NOT NULL,
	name          text NOT NULL,
	province      text NOT NULL,
	city          text NOT NULL,
	district      text NOT NULL,
	town          text NOT NULL,
	community     text NOT NULL,
	road          text NOT NULL,
	section       text NOT NULL,
	lane          text NOT NULL,
	alley         text NOT NULL,
	sub_alley     text NOT NULL,
	number        text NOT NULL,
	compound      text NOT NULL,
	building      text NOT NULL,
	unit          text NOT NULL,
	accuracy_m    double precision NOT NULL CHECK (accuracy_m >= 0),
	atom          bigint CHECK (atom > 0),
	parent        bigint CHECK (parent > 0 AND parent <> id),
	source        text NOT NULL,
	status        text NOT NULL,
	aliases       jsonb NOT NULL,
	attrs         jsonb NOT NULL,
	shape         geometry(Point, 4490),
	valid_from    timestamptz,
	valid_to      timestamptz,
	recorded_from bigint NOT NULL REFERENCES change_set (seq),
	recorded_to   bigint REFERENCES change_set (seq),
	CHECK (valid_from < valid_to),
	CHECK (recorded_from < recorded_to),
	CONSTRAINT place_one_at_a_time EXCLUDE USING gist (id WITH =, tstzrange(valid_from, valid_to) WITH &&) WHERE (recorded_to IS NULL)
);
COMMENT ON TABLE place IS '标准地址, 全部版本 (every version of the addressable places)';
COMMENT ON COLUMN place.fid IS '版本行号 (row of the version)';
COMMENT ON COLUMN place.id IS '编号, 永不改变 (identity, for ever)';
COMMENT ON COLUMN place.code IS '编码, 可空 (code, may be empty)';
COMMENT ON COLUMN place.kind IS '种类: door, compound, building, shop … (kind)';
COMMENT ON COLUMN place.name IS '名称 (name)';
COMMENT ON COLUMN place.province IS '省 (province)';
COMMENT ON COLUMN place.city IS '市 (city)';
COMMENT ON COLUMN place.district IS '区县 (district)';
COMMENT ON COLUMN place.town IS '街道 (town)';
COMMENT ON COLUMN place.community IS '社区 (community)';
COMMENT ON COLUMN place.road IS '路 (road)';
COMMENT ON COLUMN place.section IS '段 (section)';
COMMENT ON COLUMN place.lane IS '巷 (lane)';
COMMENT ON COLUMN place.alley IS '弄 (alley)';
COMMENT ON COLUMN place.sub_alley IS '支弄 (sub alley)';
COMMENT ON COLUMN place.number IS '门牌号 (number)';
COMMENT ON COLUMN place.compound IS '小区 (compound)';
COMMENT ON COLUMN place.building IS '楼栋 (building)';
COMMENT ON COLUMN place.unit IS '单元 (unit)';
COMMENT ON COLUMN place.accuracy_m IS '点位精度, 米, 0 为未知 (accuracy of the point in metres, 0 is unknown)';
COMMENT ON COLUMN place.atom IS '所在单元, 空为按点位 (atom, NULL: by the point)';
COMMENT ON COLUMN place.parent IS '上级地址 (place it is part of)';
COMMENT ON COLUMN place.source IS '来源 (source)';
COMMENT ON COLUMN place.status IS '状态: in_use, planned, demolished (status)';
COMMENT ON COLUMN place.aliases IS '别名与曾用名 (aliases and former names)';
COMMENT ON COLUMN place.attrs IS '其他属性 (attributes)';
COMMENT ON COLUMN place.shape IS '图形, 经纬度, CGCS2000 (shape, longitude/latitude, CGCS2000)';
COMMENT ON COLUMN place.valid_from IS '有效期起, 空为自始 (true from; NULL: since ever)';
COMMENT ON COLUMN place.valid_to IS '有效期止 (不含), 空为至今 (true until, exclusive; NULL: open)';
COMMENT ON COLUMN place.recorded_from IS '自此修改起系统如此认为 (believed since this change set)';
COMMENT ON COLUMN place.recorded_to IS '自此修改起不再认为, 空为仍认为 (believed until this change set; NULL: still)';
CREATE UNIQUE INDEX place_order ON place (id, valid_from NULLS FIRST, recorded_from) NULLS NOT DISTINCT;
CREATE INDEX place_recorded ON place (recorded_from);
CREATE INDEX place_superseded ON place (recorded_to) WHERE recorded_to IS NOT NULL;
CREATE INDEX place_shape ON place USING gist (shape);

CREATE TABLE person (
	fid           bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	id            bigint NOT NULL CHECK (id > 0),
	code          text NOT NULL,
	name          text NOT NULL CHECK (name <> ''),
	phone         text NOT NULL,
	office_phone  text NOT NULL,
	attrs         jsonb NOT NULL,
	valid_from    timestamptz,
	valid_to      timestamptz,
	recorded_from bigint NOT NULL REFERENCES change_set (seq),
	recorded_to   bigint REFERENCES change_set (seq),
	CHECK (valid_from < valid_to),
	CHECK (recorded_from < recorded_to),
	CONSTRAINT person_one_at_a_time EXCLUDE USING gist (id WITH =, tstzrange(valid_from, valid_to) WITH &&) WHERE (recorded_to IS NULL)
);
COMMENT ON TABLE person IS '人员, 全部版本; 含个人信息, 勿外传 (every version of the staff; personal data: keep private)';
COMMENT ON COLUMN person.fid IS '版本行号 (row of the version)';
COMMENT ON COLUMN person.id IS '编号, 永不改变 (identity, for ever)';
COMMENT ON COLUMN person.code IS '工号, 可空 (staff number, may be empty)';
COMMENT ON COLUMN person.name IS '姓名 (name)';
COMMENT ON COLUMN person.phone IS '个人电话, 不公开 (private phone)';
COMMENT ON COLUMN person.office_phone IS '办公电话 (office phone)';
COMMENT ON COLUMN person.attrs IS '其他属性 (attributes)';
COMMENT ON COLUMN person.valid_from IS '有效期起, 空为自始 (true from; NULL: since ever)';
COMMENT ON COLUMN person.valid_to IS '有效期止 (不含), 空为至今 (true until, exclusive; NULL: open)';
COMMENT ON COLUMN person.recorded_from IS '自此修改起系统如此认为 (believed since this change set)';
COMMENT ON COLUMN person.recorded_to IS '自此修改起不再认为, 空为仍认为 (believed until this change set; NULL: still)';
CREATE UNIQUE INDEX person_order ON person (id, valid_from NULLS FIRST, recorded_from) NULLS NOT DISTINCT;
CREATE INDEX person_recorded ON person (recorded_from);
CREATE INDEX person_superseded ON person (recorded_to) WHERE recorded_to IS NOT NULL;

CREATE TABLE post (
	fid           bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
	id            bigint NOT NULL CHECK (id > 0),
	grid          bigint NOT NULL CHECK (grid > 0),
	role          text NOT NULL REFERENCES role (code),
	person        bigint CHECK (person > 0),
	rank          integer NOT NULL CHECK (rank >= 1),
	employment    text NOT NULL CHECK (employment IN ('', 'full_time', 'part_time')),
	valid_from    timestamptz,
	valid_to      timestamptz,
	recorded_from bigint NOT NULL REFERENCES change_set (seq),
	recorded_to   bigint REFERENCES change_set (seq),
	CHECK (valid_from < valid_to),
	CHECK (recorded_from < recorded_to),
	CONSTRAINT post_one_at_a_time EXCLUDE USING gist (id WITH =, tstzrange(valid_from, valid_to) WITH &&) WHERE (recorded_to IS NULL)
);
COMMENT ON TABLE post IS '岗位, 全部版本 (every version of the posts: a role held at a grid)';
COMMENT ON COLUMN post.fid IS '版本行号 (row of the version)';
COMMENT ON COLUMN post.id IS '编号, 永不改变 (identity, for ever)';
COMMENT ON COLUMN post.grid IS '网格 (grid)';
COMMENT ON COLUMN post.role IS '角色 (role)';
COMMENT ON COLUMN post.person IS '人员, 空为空岗 (person, NULL: vacant)';
COMMENT ON COLUMN post.rank IS '顺位, 1 为主责 (1 is first responsible)';
COMMENT ON COLUMN post.employment IS '专职或兼职 (full-time or part-time)';
COMMENT ON COLUMN post.valid_from IS '有效期起, 空为自始 (true from; NULL: since ever)';
COMMENT ON COLUMN post.valid_to IS '有效期止 (不含), 空为至今 (true until, exclusive; NULL: open)';
COMMENT ON COLUMN post.recorded_from IS '自此修改起系统如此认为 (believed since this change set)';
COMMENT ON COLUMN post.recorded_to IS '自此修改起不再认为, 空为仍认为 (believed until this change set; NULL: still)';
CREATE UNIQUE INDEX post_order ON post (id, valid_from NULLS FIRST, recorded_from) NULLS NOT DISTINCT;
CREATE INDEX post_recorded ON post (recorded_from);
CREATE INDEX post_superseded ON post (recorded_to) WHERE recorded_to IS NOT NULL;
CREATE INDEX post_grid ON post (grid) WHERE recorded_to IS NULL;

CREATE VIEW grids AS
SELECT g.fid, g.id, n.code AS network, g.level, l.name AS level_name, g.parent,
	g.code, g.name, g.type, g.attrs, g.valid_from, g.valid_to, g.recorded_from, g.shape
FROM grid g
JOIN network n ON n.id = g.network
LEFT JOIN level l ON l.network = g.network AND l.rank = g.level
WHERE g.recorded_to IS NULL
	AND (g.valid_from IS NULL OR g.valid_from <= now()) AND (g.valid_to IS NULL OR g.valid_to > now());
COMMENT ON VIEW grids IS '网格, 当前有效 (grids valid now)';
CREATE VIEW atoms AS
SELECT a.fid, a.id, a.code, a.name, a.kind, a.counts, a.attrs, a.valid_from, a.valid_to, a.recorded_from, a.shape
FROM atom a
WHERE a.recorded_to IS NULL
	AND (a.valid_from IS NULL OR a.valid_from <= now()) AND (a.valid_to IS NULL OR a.valid_to > now());
COMMENT ON VIEW atoms IS '基本单元, 当前有效 (atoms valid now)';
CREATE VIEW places AS
SELECT p.fid, p.id, p.code, p.kind, p.name, p.province || p.city || p.district || p.town || p.community || p.road || p.section || p.lane || p.alley || p.sub_alley || p.number || p.compound || p.building || p.unit AS address,
	p.accuracy_m, p.atom, p.parent, p.source, p.status, p.valid_from, p.valid_to, p.recorded_from, p.shape
FROM place p
WHERE p.recorded_to IS NULL
	AND (p.valid_from IS NULL OR p.valid_from <= now()) AND (p.valid_to IS NULL OR p.valid_to > now());
COMMENT ON VIEW places IS '标准地址, 当前有效 (places valid now)';
