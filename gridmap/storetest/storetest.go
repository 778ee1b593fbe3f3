// Package storetest is the one contract that every store passes.
package storetest

import (
	"context"
	"encoding/json"
	"iter"
	"testing"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

// Run checks a store against the contract. open returns a new, empty store;
// Run closes it.
func Run(t *testing.T, open func(*testing.T) gridmap.Store) {
	for name, test := range map[string]func(*testing.T, gridmap.Store){
		"EverythingComesBackAsItWasPut":                 everythingComesBack,
		"AnEmptyStoreIsEmpty":                           emptyStore,
		"SequencesComeInOrder":                          sequencesInOrder,
		"AWriterReadsItsOwnWrites":                      ownWrites,
		"WritingWhileRangingSeesTheOldRowsOnce":         writeWhileRanging,
		"SequencesMayBeNestedAndLeftEarly":              nestedAndLeftEarly,
		"ThingsThatNameNothingAreRefused":               danglingReferences,
		"ACodeIsNeverReused":                            codeNeverReused,
		"ARecordKeepsItsKindAndItsKey":                  recordKeys,
		"RecordsArePickedByKind":                        recordsByKind,
		"PostsOfGridsThatAreGoneAreFound":               orphanPosts,
		"AGridWithChildrenOrAtomsCannotEnd":             gridInUseCannotEnd,
		"EndingAnAtomEndsItsMemberships":                endAtomEndsMemberships,
		"LevelsCannotGoWhileGridsAreOnThem":             levelsInUse,
		"ThereIsExactlyOneMainNetwork":                  oneMainNetwork,
		"AManyThousandRowsGoInOneCall":                  bulk,
		"AChangeOnAnOldEditionIsAConflict":              oldEdition,
		"EditionsAndChangeSetsHaveNoGaps":               editionsWithoutGaps,
		"AFailedUpdateLeavesNothing":                    failedUpdate,
		"APanicLeavesNothingAndPassesThrough":           panicLeavesNothing,
		"ConcurrentWritersMakeAGaplessSequence":         concurrentWriters,
		"AViewStaysTheSameWhileOthersCommit":            viewStaysTheSame,
		"ChangesTellsOfEveryCommit":                     changesTells,
		"IDsAreNeverGivenTwice":                         idsNeverTwice,
		"ACanceledContextStopsTheWork":                  canceled,
		"TheAuditIsChained":                             auditChained,
		"AScopeReadsItsCountiesAndWhatStandsAbove":      scopeOfCounties,
		"TheFringeIsTheFarSideOfTheScopesEdge":          fringeOfScope,
		"WhatMovesToAnotherCountyTakesItsOwnWithIt":     movesBetweenCounties,
		"ACopyLiesInTheSameCounties":                    func(t *testing.T, s gridmap.Store) { scopeRestored(t, s, open(t)) },
		"BadValuesAreRefused":                           badValues,
		"LayersAreKept":                                 layersAreKept,
		"ALayerIsReplacedWhole":                         aLayerIsReplacedWhole,
		"BadLayersAreRefused":                           badLayersAreRefused,
		"AStoreIsRestoredWithAllItsHistory":             func(t *testing.T, s gridmap.Store) { restored(t, s, open(t)) },
		"AFullStoreIsNotRestoredInto":                   func(t *testing.T, s gridmap.Store) { notRestoredTwice(t, s, open(t)) },
		"AStoreWithAccountsAloneIsNotRestoredInto":      func(t *testing.T, s gridmap.Store) { aPrivateStoreIsNotRestoredInto(t, s, open(t)) },
		"ARestoreThatFailsLeavesNothing":                func(t *testing.T, s gridmap.Store) { aRestoreThatFailsLeavesNothing(t, s, open(t)) },
		"NothingIsReadAfterTheViewUnlessItFailsCleanly": readAfterView,
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			t.Cleanup(func() { _ = s.Close() })
			test(t, s)
		})
	}
	t.Run("HistoryAgreesWithANaiveModel", func(t *testing.T) { history(t, open) })
}

// now is when the tests' changes are made. It has nanoseconds, which no store keeps.
var now = time.Date(2026, 3, 1, 8, 30, 0, 123456789, time.FixedZone("", 8*3600))

func day(d int) time.Time { return time.Date(2026, 1, 1+d, 0, 0, 0, 0, time.UTC) }

func commit(action string) gridmap.Commit {
	return gridmap.Commit{At: now, Actor: "测试员", Action: action, Note: "说明"}
}

// update is an Update that must work.
func update(t testing.TB, s gridmap.Store, fn func(context.Context, gridmap.Writer) error) gridmap.ChangeSet {
	t.Helper()
	cs, err := s.Update(t.Context(), commit("test"), func(w gridmap.Writer) error { return fn(t.Context(), w) })
	if err != nil {
		t.Fatal(err)
	}
	return cs
}

// refused is an Update that must fail with the code and change nothing.
func refused(t testing.TB, s gridmap.Store, code gridmap.Code, fn func(context.Context, gridmap.Writer) error) {
	t.Helper()
	_ = refusal(t, s, code, fn)
}

// refusal is refused, with the error that people would read.
func refusal(t testing.TB, s gridmap.Store, code gridmap.Code, fn func(context.Context, gridmap.Writer) error) error {
	t.Helper()
	before := head(t, s)
	_, err := s.Update(t.Context(), commit("test"), func(w gridmap.Writer) error { return fn(t.Context(), w) })
	if got := gridmap.CodeOf(err); got != code {
		t.Errorf("code %q, want %q: %v", got, code, err)
	}
	if after := head(t, s); after != before {
		t.Errorf("a refused update moved the head from %+v to %+v", before, after)
	}
	return err
}

func view(t testing.TB, s gridmap.Store, fn func(context.Context, gridmap.Reader) error) {
	t.Helper()
	if err := s.View(t.Context(), func(r gridmap.Reader) error { return fn(t.Context(), r) }); err != nil {
		t.Fatal(err)
	}
}

func head(t testing.TB, s gridmap.Store) (h gridmap.Head) {
	t.Helper()
	view(t, s, func(ctx context.Context, r gridmap.Reader) (err error) {
		h, err = r.Head(ctx)
		return err
	})
	return h
}

// all gathers a sequence.
func all[T any](seq iter.Seq2[T, error]) ([]T, error) {
	var out []T
	for v, err := range seq {
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func square(x, y, size int32) spatial.Ring {
	return spatial.Ring{{X: x, Y: y}, {X: x + size, Y: y}, {X: x + size, Y: y + size}, {X: x, Y: y + size}}
}

// Ids of the small map that most tests stand on.
const (
	net    gridmap.NetworkID = 1
	other  gridmap.NetworkID = 2
	town   gridmap.GridID    = 11
	east   gridmap.GridID    = 12
	west   gridmap.GridID    = 13
	house  gridmap.AtomID    = 21
	shop   gridmap.AtomID    = 22
	gate   gridmap.PlaceID   = 31
	li     gridmap.PersonID  = 41
	post   gridmap.PostID    = 51
	matter gridmap.RecordID  = 52
)

// small fills a store with a town, two grids, two atoms, a place, a person, a
// post and a record.
func small(t testing.TB, s gridmap.Store) {
	t.Helper()
	update(t, s, putSmall)
}

func putSmall(ctx context.Context, w gridmap.Writer) error {
	steps := []func() error{
		func() error { return w.PutSettings(ctx, gridmap.Settings{Title: "小图", DataDate: now}) },
		func() error {
			return w.PutNetwork(ctx, gridmap.Network{ID: net, Code: "main", Name: "综治网", Main: true})
		},
		func() error { return w.PutNetwork(ctx, gridmap.Network{ID: other, Code: "party", Name: "党建网"}) },
		func() error {
			return w.PutLevels(ctx, net, []gridmap.Level{{Rank: 1, Code: "grid", Name: "网格"}, {Rank: 0, Code: "town", Name: "街道"}})
		},
		func() error {
			return w.PutLevels(ctx, other, []gridmap.Level{{Rank: 0, Code: "branch", Name: "支部"}})
		},
		func() error { return w.PutRole(ctx, gridmap.Role{Code: "grid_worker", Name: "网格员", Order: 1}) },
		func() error { return w.PutRole(ctx, gridmap.Role{Code: "head", Name: "网格长", Order: 0}) },
		func() error {
			return w.PutProfile(ctx, gridmap.SizingProfile{
				Network: net, Level: 1, Type: gridmap.General, Unit: "households",
				Min: 300, Target: 400, Max: 500, PerStaff: true, Weights: map[string]float64{"households": 1, "shops": 0.25},
			})
		},
		func() error {
			return w.PutGrids(ctx, // the child first: the order must not matter
				gridmap.Grid{
					ID: east, Network: net, Level: 1, Parent: town, Code: "A-12", Name: "东门网格", Type: gridmap.General,
					Attrs: map[string]string{"备注": "含'引号'\"和\\"}, Shape: spatial.MultiPolygon{{square(1206000000, 241000000, 5000)}},
				},
				gridmap.Grid{
					ID: west, Network: net, Level: 1, Parent: town, Code: "A-13", Name: "西门网格",
					Shape: spatial.MultiPolygon{{square(1205990000, 241000000, 9999), square(1205991000, 241001000, 100)}, {square(-1800000000, -900000000, 7)}},
				},
				gridmap.Grid{ID: town, Network: net, Code: "A", Name: "中区"})
		},
		func() error {
			return w.PutAtoms(ctx,
				gridmap.Atom{
					ID: house, Code: "B1", Name: "一号楼", Kind: "building", Counts: map[string]int64{"households": 40, "persons": 1 << 60},
					Shape: spatial.MultiPolygon{{square(1206000000, 241000000, 5000)}},
				},
				gridmap.Atom{ID: shop, Code: "B2", Kind: "shopfront", Attrs: map[string]string{"店名": "老王面馆"}})
		},
		func() error {
			return w.PutMemberships(ctx, gridmap.Membership{Atom: house, Network: net, Grid: east}, gridmap.Membership{Atom: shop, Network: net, Grid: west})
		},
		func() error {
			return w.PutPlaces(ctx, gridmap.Place{
				ID: gate, Code: "P-1", Kind: "door", Name: "东门",
				Address: gridmap.Address{
					Province: "台湾省", City: "台中市", District: "中区", Town: "某街道", Community: "大诚里",
					Road: "三民路", Section: "二段", Lane: "1巷", Alley: "2弄", SubAlley: "3衖", Number: "12之3",
					Compound: "院", Building: "1栋", Unit: "2单元",
				},
				Point: spatial.Point{X: 1206001234, Y: 241001234}, HasPoint: true, AccuracyM: 2.5, Atom: house, Source: "门牌", Status: "in_use",
				Aliases: []gridmap.Alias{{Name: "老东门", Kind: "former", To: day(3)}}, Attrs: map[string]string{"k": "v"},
			})
		},
		func() error {
			return w.PutPersons(ctx, gridmap.Person{ID: li, Code: "0017", Name: "网格员-0017", Phone: "13800000017", OfficePhone: "04-0000", Attrs: map[string]string{"证": "1"}})
		},
		func() error {
			return w.PutPosts(ctx, gridmap.Post{ID: post, Grid: east, Role: "grid_worker", Person: li, Rank: 1, Employment: gridmap.FullTime})
		},
		func() error {
			return w.PutRecords(ctx, gridmap.Record{
				ID: matter, Kind: gridmap.MatterRecord, Key: "M-1", Grid: east, Person: li, Place: gate,
				Body: json.RawMessage(`{"名": "矛盾纠纷",  "sla_h":1.50, "z":"\u0000", "z":1}`),
			})
		},
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}
