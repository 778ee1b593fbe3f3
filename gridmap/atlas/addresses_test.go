package atlas

import (
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/address"
	"cloudgrid/gridmap/gpkg"
)

func TestTheAddressIndexFollowsAChangeOfPlaces(t *testing.T) {
	ctx := t.Context()
	s, err := gpkg.Open(ctx, filepath.Join(t.TempDir(), "map.gpkg"), gpkg.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	put := func(places ...gridmap.Place) {
		t.Helper()
		at = at.Add(time.Hour)
		_, err := s.Update(ctx, gridmap.Commit{At: at, Actor: "test", Action: "test"}, func(w gridmap.Writer) error { return w.PutPlaces(ctx, places...) })
		if err != nil {
			t.Fatal(err)
		}
	}
	door := func(id gridmap.PlaceID, number string, aliases ...gridmap.Alias) gridmap.Place {
		return gridmap.Place{ID: id, Kind: "door", Address: gridmap.Address{City: "济南市", District: "历下区", Road: "泉城路", Number: number}, Aliases: aliases}
	}
	put(door(1, "1号"), door(2, "3号"))
	k, err := NewKeeper(ctx, s, func() time.Time { return at }, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	match := func(text string) address.Answer {
		t.Helper()
		x, err := k.Current().Addresses()
		if err != nil {
			t.Fatal(err)
		}
		return x.Match(text, address.MatchOptions{})
	}
	if m := match("泉城路1号"); m.ID != 1 {
		t.Fatalf("%+v", m)
	}
	put(door(2, "3号", gridmap.Alias{Name: "老茶馆", Kind: "alias"}), door(3, "5号"))
	if err := k.Refresh(context.WithoutCancel(ctx)); err != nil {
		t.Fatal(err)
	}
	if k.Current().addresses.before == nil {
		t.Error("the index is made anew")
	}
	for text, want := range map[string]int64{"泉城路1号": 1, "泉城路5号": 3, "历下区老茶馆": 2} {
		if m := match(text); m.ID != want {
			t.Errorf("%s: %+v", text, m)
		}
	}
}
