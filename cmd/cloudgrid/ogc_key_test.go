package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	rights "cloudgrid/gridmap/auth"
)

// smallAtoms counts, by leaf grid, the atoms whose count is too small to be
// told in public.
func smallAtoms(a *atlas.Atlas) (key string, of map[gridmap.GridID]int) {
	n := a.Main()
	_, atoms, owner := n.Ground()
	for k, name := range a.CountKeys() {
		of = map[gridmap.GridID]int{}
		for f, i := range atoms {
			if i != atlas.None && owner[f] != atlas.None && a.AtomCounts(i)[k] > 0 && a.AtomCounts(i)[k] < 5 {
				of[n.Grids[owner[f]].ID]++
			}
		}
		if len(of) > 1 {
			return name, of
		}
	}
	return "", nil
}

// TestGDALReadsWithAKeyWhatTheKeyMayRead opens the map as a GIS does: without a
// key, with one for a part of the map, with one for all of it, and with one
// that was revoked.
func TestGDALReadsWithAKeyWhatTheKeyMayRead(t *testing.T) {
	o := openOffice(t, access{perMinute: -1})
	m := o.srv.keeper.Current()
	count, small := smallAtoms(m)
	total, part := 0, gridmap.GridID(0)
	for id, n := range small {
		if total += n; part == 0 || id < part {
			part = id
		}
	}
	if total == 0 || small[part] == total {
		t.Fatalf("the demo has no small counts in two grids: %v", small)
	}
	key := func(g gridmap.Grant) string { return o.program(g).key }
	revoked := key(gridmap.Grant{Role: rights.Field})
	for name, c := range map[string]struct {
		key  string
		want int
	}{
		"nobody":        {"", 0},
		"an app":        {key(gridmap.Grant{Role: rights.App}), 0},
		"one part":      {key(gridmap.Grant{Role: rights.Field, Network: o.network, Grid: part}), small[part]},
		"the network":   {key(gridmap.Grant{Role: rights.Field, Network: o.network}), total},
		"another":       {key(gridmap.Grant{Role: rights.Field, Network: o.network + 1}), 0},
		"everything":    {key(gridmap.Grant{Role: rights.Planner}), total},
		"part and part": {o.program(gridmap.Grant{Role: rights.Field, Network: o.network, Grid: part}, gridmap.Grant{Role: rights.App}).key, small[part]},
	} {
		where := fmt.Sprintf("%s > 0 AND %s < 5", count, count)
		out := o.ogrinfo(c.key, "atoms", "-q", "-geom=NO", "-al", "-where", where, "-oo", "PAGE_SIZE=500")
		if got := strings.Count(out, "OGRFeature("); got != c.want {
			t.Errorf("%s: %d atoms with %s, want %d", name, got, where, c.want)
		}
	}
	all := key(gridmap.Grant{Role: rights.Field, Network: o.network, Grid: part})
	if list := o.ogrinfo(all, ""); !strings.Contains(list, ": grids ") || !strings.Contains(list, ": places ") {
		t.Errorf("with a key there are no collections:\n%s", list)
	}
	if out := o.ogrinfo(all, "grids", "-al", "-q", "-geom=NO", "-oo", "PAGE_SIZE=20"); strings.Count(out, "OGRFeature(") != len(m.Main().Grids) {
		t.Errorf("over pages of 20: %d grids, want %d", strings.Count(out, "OGRFeature("), len(m.Main().Grids))
	}
	id, _, _ := rights.ParseKey(revoked)
	if err := revokeElsewhere(t, o, id); err != nil {
		t.Fatal(err)
	}
	if out, err := o.tryOgrinfo(revoked, ""); err == nil || !strings.Contains(out, "401") {
		t.Errorf("with a revoked key: %v\n%s", err, out)
	}
}

// revokeElsewhere revokes a key as another process would.
func revokeElsewhere(t *testing.T, o *office, id string) error {
	t.Helper()
	k, err := o.kept.Key(t.Context(), id)
	if err != nil {
		return err
	}
	k.RevokedAt = k.CreatedAt
	return o.kept.PutKey(t.Context(), k)
}

// ogrinfo asks for a layer of the server's map, or which there are; what GDAL
// warns of is a failure.
func (o *office) ogrinfo(key, layer string, options ...string) string {
	o.t.Helper()
	out, err := o.tryOgrinfo(key, layer, options...)
	if err != nil || strings.Contains(out, "ERROR") || strings.Contains(out, "Warning") {
		o.t.Fatalf("ogrinfo %s %v: %v\n%s", layer, options, err, out)
	}
	return out
}

func (o *office) tryOgrinfo(key, layer string, options ...string) (string, error) {
	o.t.Helper()
	args := append(options, "OAPIF:"+o.base+"/ogc")
	if layer != "" {
		args = append(args, layer)
	}
	cmd := exec.CommandContext(o.t.Context(), "ogrinfo", args...)
	cmd.Env = os.Environ()
	if key != "" {
		cmd.Env = append(cmd.Env, "GDAL_HTTP_HEADERS=Authorization: Bearer "+key)
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}
