package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/web"
)

// away is a store that can be cut off: nothing is read and nothing written.
type away struct {
	breakable
	beside
}

// beside is what the stores keep beside the map.
type beside interface {
	gridmap.Receipts
	gridmap.Journal
	gridmap.Accounts
	gridmap.Plans
}

var errAway = gridmap.Errorf(gridmap.Unavailable, "away: %w", errors.New("gone"))

func (s *away) Update(ctx context.Context, c gridmap.Commit, fn func(gridmap.Writer) error) (gridmap.ChangeSet, error) {
	if s.broken.Load() {
		return gridmap.ChangeSet{}, errAway
	}
	return s.Store.Update(ctx, c, fn)
}

func (s *away) PutReceipt(ctx context.Context, r gridmap.Receipt) error {
	if s.broken.Load() {
		return errAway
	}
	return s.beside.PutReceipt(ctx, r)
}

func (s *away) PutFeedback(ctx context.Context, f gridmap.Feedback) (int64, error) {
	if s.broken.Load() {
		return 0, errAway
	}
	return s.beside.PutFeedback(ctx, f)
}

func (s *away) CreatePlan(ctx context.Context, p gridmap.Plan) (gridmap.Plan, error) {
	if s.broken.Load() {
		return gridmap.Plan{}, errAway
	}
	return s.beside.CreatePlan(ctx, p)
}

type readyState struct {
	Ready, Stale bool
	Edition      int64
	ReadAt       time.Time `json:"read_at"`
	Age          int64     `json:"age_seconds"`
	Faults       []struct {
		Fault string
		Since time.Time
	}
}

func TestReadinessNamesTheFaultAndWritesAreToBeTriedAgain(t *testing.T) {
	inner, _ := demoStore(t)
	kept, ok := inner.(beside)
	if !ok {
		t.Fatalf("%T keeps nothing beside", inner)
	}
	s := &away{beside: kept}
	s.Store = inner
	base, srv := boot(t, s)
	ready := func() (r readyState) {
		_, body, _ := fetch(t, base+"/readyz")
		if err := json.Unmarshal(body, &r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	first := ready()
	if !first.Ready || first.Stale || first.Edition == 0 || first.ReadAt.IsZero() || len(first.Faults) != 0 {
		t.Errorf("at first: %+v", first)
	}
	s.broken.Store(true)
	for range 2 { // the second failure keeps the time of the first
		if err := srv.keeper.Refresh(t.Context()); err == nil {
			t.Error("a store that is away is read")
		}
	}
	down := ready()
	if !down.Ready || !down.Stale || down.ReadAt.Before(first.ReadAt) || down.Edition != first.Edition || len(down.Faults) != 1 || down.Faults[0].Fault != "store_unreachable" || down.Faults[0].Since.Before(first.ReadAt) {
		t.Errorf("while the store is away: %+v", down)
	}
	for path, body := range map[string]string{
		"/v1/resolve?lon=120.6786016&lat=24.1453571&crs=wgs84&receipt=1": "",
		"/v1/plans":                  `{"name":"方案","network":"main"}`,
		"/v1/receipts/none/feedback": `{"kind":"other","text":"错"}`,
	} {
		method := http.MethodPost
		if body == "" {
			method = http.MethodGet
		}
		req, err := http.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
			t.Errorf("%s %s: %d, Retry-After %q", method, path, res.StatusCode, res.Header.Get("Retry-After"))
		}
	}
	for _, path := range []string{"/v1/resolve?lon=120.6786016&lat=24.1453571&crs=wgs84", "/v1/meta", "/tiles/grids.json"} {
		status, _, h := fetch(t, base+path)
		if age, err := strconv.Atoi(h.Get(web.StaleHeader)); status != http.StatusOK || err != nil || age < 0 {
			t.Errorf("%s: %d, marked %q", path, status, h.Get(web.StaleHeader))
		}
	}
	s.broken.Store(false)
	if err := srv.keeper.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, _, h := fetch(t, base+"/v1/meta"); h.Get(web.StaleHeader) != "" {
		t.Error("marked although the store is there")
	}
	if r := ready(); r.Stale || len(r.Faults) != 0 || r.ReadAt.Before(down.ReadAt) {
		t.Errorf("afterwards: %+v", r)
	}
}
