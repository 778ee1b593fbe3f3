package gridmap

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

func TestAMaskedPhoneShowsAtMostHalfOrElevenDigitsEnds(t *testing.T) {
	for phone, want := range map[string]string{
		"13812345678":   "138****5678",
		"000-0000-0017": "000-****-0017",
		"0537-1234":     "****-**34",
		"110":           "***",
		"":              "",
	} {
		got := MaskPhone(phone)
		if got != want {
			t.Errorf("MaskPhone(%q) = %q, want %q", phone, got, want)
		}
	}
}

func TestAnAuditLineCannotBeChangedOrRemovedUnseen(t *testing.T) {
	a := AuditEntry{ID: 1, At: time.Unix(0, 0), Actor: "a", Action: "b", Thing: "c"}
	a.Hash = ChainHash(a)
	for _, change := range []func(*AuditEntry){
		func(e *AuditEntry) { e.Actor, e.Action = "ab", "" }, // fields must not run into each other
		func(e *AuditEntry) { e.Prev = "x" },
		func(e *AuditEntry) { e.At = e.At.Add(time.Microsecond) },
		func(e *AuditEntry) { e.Seq++ },
	} {
		b := a
		change(&b)
		if ChainHash(b) == a.Hash {
			t.Errorf("%+v has the hash of %+v", b, a)
		}
	}
}

func TestAnErrorKeepsItsCodeAndItsCause(t *testing.T) {
	err := Errorf(Conflict, "编码 %s 已存在: %w", "A-1", io.EOF)
	if !errors.Is(err, io.EOF) || CodeOf(err) != Conflict || strings.Count(err.Error(), "EOF") != 1 {
		t.Errorf("%v, %s", err, CodeOf(err))
	}
	if CodeOf(io.EOF) != Internal || CodeOf(nil) != "" {
		t.Error("an error of nobody is internal, no error has no code")
	}
}

func TestVersionsThatCouldNeverBeRightAreRefused(t *testing.T) {
	good := Grid{ID: 1, Network: 1, Code: "A", Name: "甲"}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Grid){
		"no id": func(g *Grid) { g.ID = 0 }, "no code": func(g *Grid) { g.Code = " " }, "no name": func(g *Grid) { g.Name = "" },
		"own parent": func(g *Grid) { g.Level, g.Parent = 1, 1 }, "lower without parent": func(g *Grid) { g.Level = 1 },
		"top with parent": func(g *Grid) { g.Parent = 2 }, "type": func(g *Grid) { g.Type = "x" },
		"blank around code": func(g *Grid) { g.Code = "A " },
		"empty validity":    func(g *Grid) { g.ValidFrom, g.ValidTo = time.Unix(2, 0), time.Unix(1, 0) },
	} {
		g := good
		spoil(&g)
		if g.Check() == nil {
			t.Errorf("a grid with %s is accepted", name)
		}
	}
	if (Atom{ID: 1, Code: "x", Counts: map[string]int64{"households": -1}}).Check() == nil {
		t.Error("an atom with minus one household is accepted")
	}
	if (Post{ID: 1, Grid: 1, Role: "r"}).Check() == nil {
		t.Error("a post of rank 0 is accepted")
	}
}
