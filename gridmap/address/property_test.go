package address

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

func TestTheExactAddressOfEveryPlateIsFoundOrReportedAmbiguous(t *testing.T) {
	es := plates(t)
	x := build(t, es)
	ambiguous := 0
	for i := range es {
		a := x.Match(full(&es[i]), MatchOptions{})
		switch {
		case a.Status == StatusOK && a.ID == es[i].ID:
		case a.Status == StatusAmbiguous && slices.ContainsFunc(a.Alternatives, func(c Candidate) bool { return c.ID == es[i].ID }):
			ambiguous++
		default:
			t.Errorf("%s: %s %s %d %s", full(&es[i]), a.Level, a.Status, a.ID, a.Message)
		}
	}
	if ambiguous*50 > len(es) {
		t.Errorf("%d of %d exact addresses are ambiguous", ambiguous, len(es))
	}
}

func TestMatchAndSuggestNeverPanicAndAlwaysAnswerTheSame(t *testing.T) {
	es := town()
	x := build(t, es)
	pieces := []string{"天桥区", "中山路", "无影山中路", "48号", "翡翠郡", "北区", "5号楼", "之", "-", "－", "号", "巷", "弄", "段", "对面", " ", "，", "（", "三", "十二", "１２", "附", "临", "甲", "F", "#", "楼", "室", "单元", "张先生收", "13800000000", "\xff", "\u0000", "㈱", "ﬁ"}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(pieces), rapid.String()), 0, 12).Draw(t, "pieces"), "")
		a, b := x.Match(text, MatchOptions{}), x.Match(text, MatchOptions{})
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("two answers to %q", text)
		}
		for _, c := range a.Components {
			if text[c.Start:c.End] != c.Text {
				t.Fatalf("component %+v of %q lies elsewhere", c, text)
			}
		}
		if a.Confidence < 0 || a.Confidence > 1 || a.Status == "" || a.Level == "" || a.Message == "" {
			t.Fatalf("incomplete answer to %q: %+v", text, a)
		}
		if !reflect.DeepEqual(x.Suggest(text, 5), x.Suggest(text, 5)) {
			t.Fatalf("two suggestions for %q", text)
		}
	})
}

func TestTheAnswerDoesNotDependOnTheOrderOfTheTable(t *testing.T) {
	es := town()
	x := build(t, es)
	back := slices.Clone(es)
	slices.Reverse(back)
	y := build(t, back)
	for i := range es {
		for _, text := range []string{full(&es[i]), es[i].Road + es[i].Number, es[i].Compound + es[i].Building, es[i].Compound} {
			if a, b := x.Match(text, MatchOptions{}), y.Match(text, MatchOptions{}); !reflect.DeepEqual(a, b) {
				t.Errorf("%s: %+v and %+v", text, a, b)
			}
		}
	}
}

// After any changes the snapshot finds what one built from the same rows finds
// (refusals may differ: a changed index still knows the areas of rows that are
// gone), and the snapshot before is as it was.
func TestAChangedIndexAnswersLikeAFreshOne(t *testing.T) {
	all := append(town(), plates(t)[:300]...)
	for i := range all {
		all[i].ID = int64(i + 1)
	}
	first := build(t, all[:40])
	rapid.Check(t, func(t *rapid.T) {
		have := map[int64]Entry{}
		for _, e := range all[:40] {
			have[e.ID] = e
		}
		x := first
		for range rapid.IntRange(1, 4).Draw(t, "steps") {
			var cs []Change
			for range rapid.IntRange(1, 8).Draw(t, "changes") {
				e := all[rapid.IntRange(0, len(all)-1).Draw(t, "row")]
				switch rapid.IntRange(0, 2).Draw(t, "kind") {
				case 0:
					cs = append(cs, Change{Entry: Entry{ID: e.ID}, Delete: true})
					delete(have, e.ID)
				case 1:
					e.Number = "777号"
					fallthrough
				default:
					cs = append(cs, Change{Entry: e})
					have[e.ID] = e
				}
			}
			x = x.Apply(cs)
		}
		var rows []Entry
		for _, e := range have {
			rows = append(rows, e)
		}
		fresh, err := Build(slices.Values(rows), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if x.Len() != fresh.Len() {
			t.Fatalf("%d rows, want %d", x.Len(), fresh.Len())
		}
		for range 10 {
			e := all[rapid.IntRange(0, len(all)-1).Draw(t, "asked")]
			text := full(&e)
			a, b := x.Match(text, MatchOptions{}), fresh.Match(text, MatchOptions{})
			found := a.Status == StatusOK && a.ID != 0 || b.Status == StatusOK && b.ID != 0
			if found && (a.ID != b.ID || a.Status != b.Status || a.Level != b.Level) {
				t.Fatalf("%s: changed index says %d %s %s, fresh one %d %s %s", text, a.ID, a.Status, a.Level, b.ID, b.Status, b.Level)
			}
		}
	})
	if a := first.Match(full(&all[0]), MatchOptions{}); a.ID != all[0].ID {
		t.Error("the first snapshot has changed")
	}
}

func TestReadersSeeWholeSnapshotsWhileTheNextIsBuilt(t *testing.T) {
	es := plates(t)
	x := build(t, es)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := g; i < len(es); i += 7 {
				if a := x.Match(full(&es[i]), MatchOptions{}); a.ID != es[i].ID && a.Status == StatusOK {
					t.Errorf("%s: %d", full(&es[i]), a.ID)
				}
				x.Suggest(es[i].Road+"1", 5)
			}
		})
	}
	next := x
	for i := range 200 {
		e := es[i]
		e.ID, e.Road = int64(100000+i), "新修路"
		next = next.Apply([]Change{{Entry: e}})
	}
	wg.Wait()
	if a := next.Match("新修路"+es[0].Lane+es[0].Alley+es[0].Number, MatchOptions{}); a.Level == LevelNone {
		t.Errorf("the new road is unknown: %+v", a)
	}
	if a := x.Match("新修路1号", MatchOptions{}); a.Level != LevelNone {
		t.Errorf("the old snapshot knows the new road: %+v", a)
	}
}

func TestTwoEntriesWithOneIDAreRefused(t *testing.T) {
	es := town()
	es[3].ID = es[2].ID
	if _, err := Build(slices.Values(es), Options{}); err == nil || !strings.Contains(err.Error(), "two entries") {
		t.Errorf("got %v", err)
	}
	es[3].ID = 0
	if _, err := Build(slices.Values(es), Options{}); err == nil || !strings.Contains(err.Error(), "no ID") {
		t.Errorf("got %v", err)
	}
}

func FuzzMatchOnArbitraryBytes(f *testing.F) {
	es := town()
	x := build(f, es)
	for i := range es {
		f.Add([]byte(full(&es[i])))
	}
	f.Add([]byte("三民路12之5之6号之7-8-901"))
	f.Add([]byte("\xff\xfe中山\x00路４１８號"))
	f.Fuzz(func(t *testing.T, b []byte) {
		text := string(b)
		a := x.Match(text, MatchOptions{})
		for _, c := range a.Components {
			if text[c.Start:c.End] != c.Text {
				t.Fatalf("component %+v lies elsewhere", c)
			}
		}
		x.Suggest(text, 8)
		e, _ := ParseEntry(text)
		e.ID = 9999
		y := x.Apply([]Change{{Entry: e}})
		y.Match(text, MatchOptions{})
	})
}
