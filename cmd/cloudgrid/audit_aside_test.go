package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cloudgrid/gridmap"
)

// TestWhatIsBesideTheChainIsSaidByWhoeverReadsTheChain: a server may be killed
// while an import holds the map. Who moves the store then must not think that the
// copy has every line.
func TestWhatIsBesideTheChainIsSaidByWhoeverReadsTheChain(t *testing.T) {
	from, dir := officeStore(t), t.TempDir()
	s, err := openStore(t.Context(), from, storeWrite)
	if err != nil {
		t.Fatal(err)
	}
	ctx, at := t.Context(), time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	_, err = s.Update(ctx, gridmap.Commit{At: at, Actor: "张三", Action: "import"}, func(gridmap.Writer) error {
		if err := s.(gridmap.Journal).AppendAudit(ctx, gridmap.AuditEntry{At: at, Actor: "李四", Action: "read_feedback"}); err != nil {
			return err
		}
		return gridmap.Errorf(gridmap.Conflict, "broken off")
	})
	if gridmap.CodeOf(err) != gridmap.Conflict {
		t.Fatal(err)
	}
	const says = "1 条审计记录尚未入链"
	if v, code, said := runFor[auditVerified](t, "audit", "verify", "--store", from); code != exitOK || v.Aside != 1 || !strings.Contains(said, says) {
		t.Error(code, v, said)
	}
	if v, code, said := runFor[backedUp](t, "backup", "--store", from, "--out", filepath.Join(dir, "a.zip")); code != exitOK || v.AuditAside != 1 || !strings.Contains(said, says) {
		t.Error(code, v, said)
	}
	if v, code, said := runFor[copied](t, "copy", "--from", from, "--to", "gpkg:"+filepath.Join(dir, "a.gpkg")); code != exitOK || v.AuditAside != 1 || !strings.Contains(said, says) {
		t.Error(code, v, said)
	}
	if err := s.Close(); err != nil { // takes it into the chain
		t.Fatal(err)
	}
	if v, code, said := runFor[auditVerified](t, "audit", "verify", "--store", from); code != exitOK || v.Aside != 0 || strings.Contains(said, "尚未入链") {
		t.Error(code, v, said)
	}
}
