package main

import (
	"database/sql"
	"regexp"
	"strings"
	"testing"
)

// TestTheLogNotesWhereTheAuditStands cuts the audit off so well that nothing in
// the store tells; the line in the log does.
func TestTheLogNotesWhereTheAuditStands(t *testing.T) {
	s, path := demoStore(t)
	o := officeOver(t, s, access{})
	known := o.noted()
	verify := func(args ...string) (int, string) {
		var out, errs strings.Builder
		code := run(append([]string{"audit", "verify", "--store", "gpkg:" + path}, args...), strings.NewReader(""), &out, &errs)
		return code, out.String() + errs.String()
	}
	if code, said := verify("--known", known); code != exitOK {
		t.Errorf("an honest audit: %d %s", code, said)
	}
	id, _, _ := strings.Cut(known, ":")
	cutOff(t, path, id)
	if code, said := verify(); code != exitOK {
		t.Fatalf("the cut shows in the store, so the test tries nothing: %d %s", code, said)
	}
	if code, said := verify("--known", known); code != exitWanted || !strings.Contains(said, id) {
		t.Errorf("cut off, and the log knows: %d %s", code, said)
	}
}

// noted is where the audit stood when the server started, as its log has it.
func (o *office) noted() string {
	o.t.Helper()
	line := regexp.MustCompile(`audit stands" known=([0-9]+:[0-9a-f]{64})`)
	var found []string
	until(o.t, "the log to say where the audit stands", func() bool {
		found = line.FindStringSubmatch(o.log.String())
		return found != nil
	})
	return found[1]
}

// cutOff removes the audit from a line on, and sets back where the store says
// that it ends.
func cutOff(t *testing.T, path, id string) {
	t.Helper()
	private := strings.TrimSuffix(path, ".gpkg") + ".app.db"
	tamper(t, private, "DELETE FROM audit WHERE id >= "+id)
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, statement := range []string{
		"ATTACH '" + private + "' AS private",
		"DELETE FROM audit_outbox WHERE id >= " + id,
		"UPDATE head SET audit_id = coalesce((SELECT max(id) FROM private.audit), 0), audit_hash = coalesce((SELECT hash FROM private.audit ORDER BY id DESC LIMIT 1), '')",
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}
