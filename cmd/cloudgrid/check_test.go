package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
)

func TestCheckWarnsOfWhatMayBeMeantAndStillPasses(t *testing.T) {
	s, where := bundStore(t)
	check := func() (messages map[string]string) {
		t.Helper()
		code, out, errs := runCLI(t, "check", "--store", where, "--json")
		var r checkReport
		if err := json.Unmarshal([]byte(lastLine(out)), &r); err != nil || code != exitOK || len(r.Problems) != 0 {
			t.Fatalf("%d %v %.2000s %s", code, err, out, errs)
		}
		messages = map[string]string{}
		for _, c := range r.Warnings {
			messages[c.Kind] += c.Message + "\n"
			if c.Severity != atlas.Warning {
				t.Errorf("%+v", c)
			}
		}
		return messages
	}
	before := check()
	for _, kind := range []string{"contiguity", "no_own_staff", "orphan_post", "reference"} {
		if before[kind] != "" {
			t.Errorf("the demo is not clean: %s", before[kind])
		}
	}

	all := gridmap.Query{At: time.Now()}
	var post gridmap.Post
	var posted []gridmap.PostID // of the first leaf
	var fresh gridmap.Grid
	if err := update(t, s, func(w gridmap.Writer) error {
		first, err := w.NewIDs(t.Context(), 4)
		if err != nil {
			return err
		}
		grids := map[gridmap.GridID]gridmap.Grid{}
		for g, err := range w.Grids(t.Context(), all) {
			if err != nil {
				return err
			}
			grids[g.ID] = g
		}
		var members []gridmap.Membership
		for m, err := range w.Memberships(t.Context(), all) {
			if err != nil {
				return err
			}
			members = append(members, m)
		}
		for p, err := range w.Posts(t.Context(), all) {
			if err != nil {
				return err
			}
			if p.Grid == members[0].Grid {
				post, posted = p, append(posted, p.ID)
			}
		}
		now := gridmap.Span{ValidFrom: time.Now()}
		fresh = grids[members[0].Grid]
		fresh.ID, fresh.Code, fresh.Name, fresh.Type, fresh.Span = gridmap.GridID(first), "31010190199999", "临时", gridmap.Waterborne, now
		post.ID, post.Grid, post.Span = gridmap.PostID(first+1), fresh.ID, now
		if err := w.PutGrids(t.Context(), fresh); err != nil {
			return err
		}
		if err := w.PutPosts(t.Context(), post); err != nil {
			return err
		}
		for _, m := range members { // one atom goes to a grid of another community
			if g := grids[m.Grid]; g.Type == gridmap.General && g.Parent != grids[members[0].Grid].Parent {
				m.Atom, m.Span = members[0].Atom, now
				if err := w.PutMemberships(t.Context(), m); err != nil {
					return err
				}
				break
			}
		}
		return w.PutRecords(t.Context(),
			gridmap.Record{ID: gridmap.RecordID(first + 2), Kind: gridmap.MatterRecord, Key: "t-1", Body: json.RawMessage(`{"name":"x","department":"nowhere"}`), Span: now},
			gridmap.Record{ID: gridmap.RecordID(first + 3), Kind: gridmap.AbsenceRecord, Person: post.Person, Body: json.RawMessage(`{"reason":"leave","substitute":987654}`), Span: now})
	}); err != nil {
		t.Fatal(err)
	}
	if err := update(t, s, func(w gridmap.Writer) error {
		if err := w.EndPosts(t.Context(), time.Now(), posted...); err != nil {
			return err
		}
		return w.EndGrids(t.Context(), time.Now(), fresh.ID)
	}); err != nil {
		t.Fatal(err)
	}
	after := check()
	for kind, words := range map[string]string{"contiguity": "2 块", "no_own_staff": "上级兜底", "orphan_post": "已撤销", "reference": "nowhere"} {
		if !strings.Contains(after[kind], words) {
			t.Errorf("%s: %q, want %q", kind, after[kind], words)
		}
	}
	if !strings.Contains(after["reference"], "987654") {
		t.Errorf("%q", after["reference"])
	}
}
