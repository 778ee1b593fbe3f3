package feed

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/gpkg"
)

func serve(t *testing.T) (*gpkg.Store, *Service, string) {
	t.Helper()
	s, err := gpkg.Open(t.Context(), filepath.Join(t.TempDir(), "feed.gpkg"), gpkg.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	service := &Service{Store: s, Hub: &Hub{}}
	ctx, stop := context.WithCancel(t.Context())
	var following sync.WaitGroup
	following.Go(func() { service.Hub.Run(ctx, s) })
	e := echo.New()
	service.Register(e)
	server := httptest.NewServer(e)
	t.Cleanup(func() { stop(); server.CloseClientConnections(); server.Close(); following.Wait() })
	return s, service, server.URL
}

// change makes one change set: a role, then persons.
func change(t *testing.T, s gridmap.Store, action string) gridmap.Seq {
	t.Helper()
	c, err := s.Update(t.Context(), gridmap.Commit{At: time.Now(), Actor: "秘密", Action: action}, func(w gridmap.Writer) error {
		id, err := w.NewIDs(t.Context(), 1)
		if err != nil {
			return err
		}
		return w.PutPersons(t.Context(), gridmap.Person{ID: gridmap.PersonID(id), Name: "某人"})
	})
	if err != nil {
		t.Fatal(err)
	}
	return c.Seq
}

type answer struct {
	Changes    []Change
	Next, Head int64
	More       bool
}

func ask(t *testing.T, url string) answer {
	t.Helper()
	resp, err := http.Get(url) //nolint:noctx // a test
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("%d %v %s", resp.StatusCode, err, text)
	}
	if strings.Contains(string(text), "秘密") {
		t.Errorf("who made it is told: %s", text)
	}
	var a answer
	if err := json.Unmarshal(text, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestEveryChangeIsToldOnceWithWhatItTouched(t *testing.T) {
	s, _, url := serve(t)
	for range 3 {
		change(t, s, "staff")
	}
	all := ask(t, url+"/v1/changes")
	if len(all.Changes) != 3 || all.Next != 3 || all.Head != 3 || all.More || !slices.Equal(all.Changes[1].Touched, []string{"staff"}) || all.Changes[1].More || !all.Changes[0].More {
		t.Fatalf("%+v", all)
	}
	if some := ask(t, url+"/v1/changes?since=2"); len(some.Changes) != 1 || some.Changes[0].Seq != 3 {
		t.Errorf("after 2: %+v", some)
	}
	if again := ask(t, url+"/v1/changes"); !reflect.DeepEqual(again, all) {
		t.Errorf("asked again: %+v", again)
	}
	if none := ask(t, url+"/v1/changes?since=3"); len(none.Changes) != 0 || none.Next != 3 {
		t.Errorf("after the last: %+v", none)
	}
	for _, bad := range []string{"?since=x", "?since=-1", "?wait=soon"} {
		resp, err := http.Get(url + "/v1/changes" + bad) //nolint:noctx // a test
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != 400 {
			t.Errorf("%s: %d", bad, resp.StatusCode)
		}
	}
}

func TestLayersThatComeAndGoAreTold(t *testing.T) {
	s, _, url := serve(t)
	change(t, s, "staff")
	layer := func(action string, fn func(w gridmap.Writer) error) {
		t.Helper()
		if _, err := s.Update(t.Context(), gridmap.Commit{At: time.Now(), Actor: "test", Action: action}, fn); err != nil {
			t.Fatal(err)
		}
	}
	put := func(w gridmap.Writer) error {
		return w.PutLayer(t.Context(), gridmap.Layer{Name: "roads", Kind: gridmap.RoadLayer, Title: "路"}, nil)
	}
	layer("layer", put)
	layer("import", put)
	layer("layer", func(w gridmap.Writer) error { return w.DropLayer(t.Context(), "roads") })
	layer("import", func(w gridmap.Writer) error {
		return w.PutLayer(t.Context(), gridmap.Layer{Name: "water", Kind: gridmap.WaterLayer, Title: "水"}, nil)
	})
	change(t, s, "staff")
	for i, x := range ask(t, url+"/v1/changes?since=1").Changes {
		if want := [][]string{{"layers"}, {}, {"layers"}, {"layers"}, {"staff"}}[i]; !slices.Equal(x.Touched, want) { // the second was dropped since
			t.Errorf("change %d touched %v, want %v", x.Seq, x.Touched, want)
		}
	}
}

func TestWhoWaitsIsToldWhenItHappens(t *testing.T) {
	s, _, url := serve(t)
	got := make(chan answer)
	go func() { got <- ask(t, url+"/v1/changes?since=0&wait=30") }()
	select {
	case a := <-got:
		t.Fatalf("answered before anything happened: %+v", a)
	case <-time.After(200 * time.Millisecond):
	}
	change(t, s, "staff")
	if a := <-got; len(a.Changes) != 1 {
		t.Errorf("%+v", a)
	}
	if a := ask(t, url+"/v1/changes?since=1&wait=1"); len(a.Changes) != 0 {
		t.Errorf("nothing happened, yet %+v", a)
	}
}

func TestAStreamGoesOnWhereItWasLeft(t *testing.T) {
	s, _, url := serve(t)
	change(t, s, "staff")
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/v1/changes", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("Last-Event-ID", "1")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	change(t, s, "publish")
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			var c Change
			if err := json.Unmarshal([]byte(data), &c); err != nil || c.Seq != 2 || c.Action != "publish" {
				t.Errorf("%s %v", data, err)
			}
			return
		}
	}
	t.Error("the stream ended")
}

// receiver takes what a courier brings, refusing the first so many times.
type receiver struct {
	mu     sync.Mutex
	refuse int
	seqs   []int64
	bad    int
	got    chan struct{}
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.refuse > 0 {
		r.refuse--
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	if req.Header.Get("X-CloudGrid-Signature") != Sign("a secret of sixteen", time.Unix(1e9, 0), body) {
		r.bad++
	}
	var c Change
	if json.Unmarshal(body, &c) == nil {
		r.seqs = append(r.seqs, c.Seq)
	}
	r.got <- struct{}{}
}

func TestAWebhookIsToldEverythingInOrderOverRefusalsAndRestarts(t *testing.T) {
	s, service, _ := serve(t)
	r := &receiver{refuse: 2, got: make(chan struct{}, 100)}
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	change(t, s, "before anybody was to be told")
	hook := Webhook{Name: "hotline", URL: server.URL, Secret: "a secret of sixteen"}
	if err := hook.Check(); err != nil {
		t.Fatal(err)
	}
	courier := Courier{Service: service, Journal: s, Client: server.Client(), Now: func() time.Time { return time.Unix(1e9, 0) }, Log: slog.New(slog.DiscardHandler), Least: time.Millisecond, Most: 4 * time.Millisecond}
	run := func(changes int) {
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { courier.Run(ctx, hook) })
		if changes > 0 && len(r.seqs) == 0 {
			waitFor(t, func() bool { _, err := first(s); return err == nil })
		}
		for range changes {
			change(t, s, "publish")
		}
		for range changes {
			<-r.got
		}
		waitFor(t, func() bool { // the last is noted before the courier stops
			seq, err := courier.left(t.Context(), hook)
			return err == nil && int64(seq) == r.last()
		})
		stop()
		running.Wait()
	}
	run(3)
	run(2)
	if want := []int64{2, 3, 4, 5, 6}; !slices.Equal(r.seqs, want) || r.bad != 0 {
		t.Errorf("told of %v, want %v; %d bad signatures", r.seqs, want, r.bad)
	}
}

func (r *receiver) last() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.seqs[len(r.seqs)-1]
}

// first is the first delivery noted.
func first(s gridmap.Journal) (gridmap.Event, error) {
	for e, err := range s.Events(context.Background(), gridmap.EventQuery{Kind: DeliveryEvent}) {
		return e, err
	}
	return gridmap.Event{}, gridmap.Errorf(gridmap.NotFound, "none yet")
}

func waitFor(t *testing.T, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it never came to be")
		}
	}
}

func TestAWebhookThatCannotWorkIsRefused(t *testing.T) {
	for _, w := range []Webhook{
		{URL: "https://x", Secret: "a secret of sixteen"},
		{Name: "a", URL: "file:///etc/passwd", Secret: "a secret of sixteen"},
		{Name: "a", URL: "https://", Secret: "a secret of sixteen"},
		{Name: "a", URL: "https://x", Secret: "short"},
	} {
		if w.Check() == nil {
			t.Errorf("%+v was taken", w)
		}
	}
}
