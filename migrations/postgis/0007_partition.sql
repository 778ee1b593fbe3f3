-- +goose Up
-- Where rows lie: the county, so that a server reads only the counties that it
-- serves (--scope). 0 is read by every server: what stands above counties,
-- concerns several, or says of none. The ledger says which; see ARCHITECTURE.md.
-- No row of a place is copied: the table there is becomes the partition of the
-- counties that have none of their own.

ALTER TABLE head ADD COLUMN settled bigint NOT NULL DEFAULT 0 CHECK (settled >= 0);
COMMENT ON COLUMN head.settled IS '最近一次把旧行移到别的区县的修改 (newest change set that moved older rows to another county)';
ALTER TABLE grid ADD COLUMN county integer NOT NULL DEFAULT 0 CHECK (county >= 0);
ALTER TABLE atom ADD COLUMN county integer NOT NULL DEFAULT 0 CHECK (county >= 0);
ALTER TABLE membership ADD COLUMN county integer NOT NULL DEFAULT 0 CHECK (county >= 0);
ALTER TABLE place ADD COLUMN county integer NOT NULL DEFAULT 0 CONSTRAINT place_county_check CHECK (county >= 0);
ALTER TABLE person ADD COLUMN county integer NOT NULL DEFAULT 0 CHECK (county >= 0);
ALTER TABLE post ADD COLUMN county integer NOT NULL DEFAULT 0 CHECK (county >= 0);
ALTER TABLE record ADD COLUMN county integer NOT NULL DEFAULT 0 CHECK (county >= 0);
COMMENT ON COLUMN grid.county IS '所在区县, 0 为不限 (county it lies in, 0: read by all)';
COMMENT ON COLUMN atom.county IS '所在区县, 0 为不限 (county it lies in, 0: read by all)';
COMMENT ON COLUMN membership.county IS '所在区县, 0 为不限 (county it lies in, 0: read by all)';
COMMENT ON COLUMN person.county IS '所在区县, 0 为不限 (county it lies in, 0: read by all)';
COMMENT ON COLUMN post.county IS '所在区县, 0 为不限 (county it lies in, 0: read by all)';
COMMENT ON COLUMN record.county IS '所在区县, 0 为不限 (county it lies in, 0: read by all)';

-- +goose StatementBegin
CREATE FUNCTION county_of(code text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
	SELECT CASE
		WHEN code !~ '^[0-9]{6}' OR left(code, 2)::integer NOT BETWEEN 11 AND 82 OR substr(code, 3, 2) = '00' THEN 0
		WHEN substr(code, 5, 2) <> '00' THEN left(code, 6)::integer
		WHEN substr(code, 7, 3) ~ '^[0-9]{3}$' AND substr(code, 7, 3) <> '000' THEN left(code, 6)::integer
		ELSE 0
	END
$$;
-- +goose StatementEnd
COMMENT ON FUNCTION county_of(text) IS '编码开头的区县, 没有则为 0 (county that a code begins with, 0 for none)';

-- place: the one table that grows with the people, by county.
DROP VIEW places;
ALTER TABLE place ALTER COLUMN fid DROP IDENTITY;
ALTER TABLE place RENAME TO place_rest;
ALTER TABLE place_rest RENAME CONSTRAINT place_pkey TO place_rest_pkey;
ALTER TABLE place_rest RENAME CONSTRAINT place_one_at_a_time TO place_rest_one_at_a_time;
ALTER INDEX place_order RENAME TO place_rest_order;
ALTER INDEX place_recorded RENAME TO place_rest_recorded;
ALTER INDEX place_superseded RENAME TO place_rest_superseded;
ALTER INDEX place_shape RENAME TO place_rest_shape;
CREATE TABLE place (LIKE place_rest INCLUDING COMMENTS INCLUDING CONSTRAINTS) PARTITION BY LIST (county);
CREATE SEQUENCE place_fid_seq OWNED BY place.fid;
SELECT setval('place_fid_seq', coalesce(max(fid), 0) + 1, false) FROM place_rest;
ALTER TABLE place ALTER COLUMN fid SET DEFAULT nextval('place_fid_seq');
ALTER TABLE place_rest ALTER COLUMN fid SET DEFAULT nextval('place_fid_seq');
ALTER TABLE place ADD PRIMARY KEY (fid, county);
ALTER TABLE place ADD FOREIGN KEY (recorded_from) REFERENCES change_set (seq);
ALTER TABLE place ADD FOREIGN KEY (recorded_to) REFERENCES change_set (seq);
ALTER TABLE place_rest DROP CONSTRAINT place_rest_pkey;
CREATE UNIQUE INDEX place_order ON place (id, valid_from NULLS FIRST, recorded_from, county) NULLS NOT DISTINCT;
CREATE INDEX place_recorded ON place (recorded_from);
CREATE INDEX place_superseded ON place (recorded_to) WHERE recorded_to IS NOT NULL;
CREATE INDEX place_shape ON place USING gist (shape);
DROP INDEX place_rest_order;
ALTER TABLE place ATTACH PARTITION place_rest DEFAULT;
COMMENT ON TABLE place IS '标准地址, 全部版本, 按区县分区 (every version of the addressable places, a partition a county)';
COMMENT ON TABLE place_rest IS '没有自己分区的区县的标准地址 (places of the counties without a partition)';
COMMENT ON COLUMN place.county IS '所在区县, 0 为不限 (county it lies in, 0: read by all)';
COMMENT ON COLUMN place_rest.county IS '所在区县, 0 为不限 (county it lies in, 0: read by all)';

CREATE VIEW places AS
SELECT p.fid, p.id, p.code, p.kind, p.name, p.province || p.city || p.district || p.town || p.community || p.road || p.section || p.lane || p.alley || p.sub_alley || p.number || p.compound || p.building || p.unit AS address,
	p.accuracy_m, p.atom, p.parent, p.source, p.status, p.valid_from, p.valid_to, p.recorded_from, p.shape
FROM place p
WHERE p.recorded_to IS NULL
	AND (p.valid_from IS NULL OR p.valid_from <= now()) AND (p.valid_to IS NULL OR p.valid_to > now());
COMMENT ON VIEW places IS '标准地址, 当前有效 (places valid now)';

-- Who could read or write the old tables can the new ones.
-- +goose StatementBegin
DO $$
DECLARE g record;
BEGIN
	FOR g IN SELECT a.privilege_type AS may, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS who
		FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = 'place_rest'::regclass AND a.grantee <> c.relowner
	LOOP
		EXECUTE format('GRANT %s ON place TO %s', g.may, g.who);
		IF g.may = 'SELECT' THEN EXECUTE format('GRANT SELECT ON places TO %s', g.who); END IF;
	END LOOP;
END $$;
-- +goose StatementEnd

CREATE INDEX grid_county ON grid (county, id);
CREATE INDEX atom_county ON atom (county, id);
CREATE INDEX membership_county ON membership (county, atom);
CREATE INDEX person_county ON person (county, id);
CREATE INDEX post_county ON post (county, id);
CREATE INDEX record_county ON record (county, id);
CREATE INDEX post_person ON post (person) WHERE person IS NOT NULL;
CREATE INDEX record_person ON record (person) WHERE person IS NOT NULL;
CREATE INDEX place_county ON place (county, id);

-- Everything to where it belongs: of places, those that name an atom or a place
-- or have the code of a county. What it finds right it leaves alone.
-- +goose StatementBegin
CREATE FUNCTION settle_counties() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	WITH RECURSIVE newest AS (
		SELECT DISTINCT ON (id) id, parent, code FROM grid
		ORDER BY id, recorded_to IS NOT NULL, valid_from DESC NULLS LAST, recorded_from DESC
	), tree (id, county, below) AS (
		SELECT id, 0, county_of(code) FROM newest WHERE parent IS NULL
		UNION ALL
		SELECT n.id, t.below, CASE WHEN t.below <> 0 THEN t.below ELSE county_of(n.code) END
		FROM newest n JOIN tree t ON n.parent = t.id
	)
	UPDATE grid g SET county = t.county FROM tree t WHERE t.id = g.id AND t.county <> g.county;

	UPDATE membership m SET county = g.county FROM (SELECT DISTINCT id, county FROM grid) g
	WHERE g.id = m.grid AND g.county <> m.county;

	UPDATE atom a SET county = x.county FROM (
		SELECT atom, CASE WHEN count(DISTINCT nullif(county, 0)) = 1 THEN max(county) ELSE 0 END AS county FROM membership GROUP BY atom
	) x WHERE x.atom = a.id AND x.county <> a.county;

	UPDATE post p SET county = g.county FROM (SELECT DISTINCT id, county FROM grid) g
	WHERE g.id = p.grid AND g.county <> p.county;

	UPDATE place p SET county = x.county FROM (
		SELECT q.id, coalesce(nullif(a.county, 0), nullif(up.county, 0), c.county) AS county
		FROM (SELECT DISTINCT ON (id) id, code, atom, parent FROM place ORDER BY id, recorded_to IS NOT NULL, recorded_from DESC) q
		LEFT JOIN (SELECT DISTINCT id, county FROM atom) a ON a.id = q.atom
		LEFT JOIN (SELECT DISTINCT place.id, owner.county FROM place JOIN atom owner ON owner.id = place.atom) up ON up.id = q.parent
		LEFT JOIN (SELECT DISTINCT county FROM grid WHERE county <> 0) c ON c.county = county_of(q.code)
	) x WHERE x.id = p.id AND x.county <> p.county;

	UPDATE record r SET county = x.county FROM (
		SELECT r.fid, coalesce(g.county, p.county, 0) AS county FROM record r
		LEFT JOIN (SELECT DISTINCT id, county FROM grid) g ON g.id = r.grid
		LEFT JOIN (SELECT DISTINCT ON (id) id, county FROM place ORDER BY id, recorded_to IS NOT NULL, recorded_from DESC) p ON p.id = r.place AND r.grid IS NULL
	) x WHERE x.fid = r.fid AND x.county <> r.county;

	UPDATE person p SET county = x.county FROM (
		SELECT person, CASE WHEN min(county) = max(county) THEN min(county) ELSE 0 END AS county FROM (
			SELECT person, county FROM post WHERE person IS NOT NULL
			UNION ALL SELECT person, county FROM record WHERE person IS NOT NULL AND county <> 0
		) about GROUP BY person
	) x WHERE x.person = p.id AND x.county <> p.county;
END $$;
-- +goose StatementEnd
COMMENT ON FUNCTION settle_counties() IS '让各行归到所在区县 (has every row lie in its county)';
SELECT settle_counties();
