package main

import (
	"bytes"
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestWrksReportIsRead(t *testing.T) {
	got, err := wrkSaid(`Running 3s test @ http://127.0.0.1:1
  2 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.10ms    2.03ms  40.14ms   90.19%
    Req/Sec    43.27k     5.08k   55.34k    70.00%
  Latency Distribution
     50%  377.00us
     75%    1.03ms
     90%    2.97ms
     99%    1.20s
  258416 requests in 3.01s, 450.02MB read
  Socket errors: connect 1, read 2, write 3, timeout 4
  Non-2xx or 3xx responses: 5
Requests/sec:  85852.30
Transfer/sec:    149.51MB`)
	want := wrkResult{requests: 258416, failed: 15, perSecond: 85852.30, p50: 377 * time.Microsecond, p99: 1200 * time.Millisecond}
	if err != nil || got != want {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	if _, err := wrkSaid("unable to connect"); err == nil {
		t.Error("nonsense is read")
	}
}

func TestATrendIsTheLineThatPointsLieOn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Float64Range(-10, 10).Draw(t, "a"), rapid.Float64Range(1, 100).Draw(t, "b")
		n := rapid.IntRange(3, 50).Draw(t, "n")
		var x, y []float64
		for i := range n {
			x, y = append(x, float64(i)), append(y, a*float64(i)+b)
		}
		got := trendOf(x, y)
		if math.Abs(got.slope-a) > 1e-9 || got.error > 1e-9 || math.Abs(got.mean-(a*float64(n-1)/2+b)) > 1e-9 {
			t.Fatalf("%+v of y = %g x + %g", got, a, b)
		}
	})
	if got := trendOf([]float64{0, 1, 2, 3}, []float64{1, 2, 1, 2}); math.Abs(got.slope-0.2) > 1e-12 || math.Abs(got.error-math.Sqrt(0.08)) > 1e-12 {
		t.Errorf("%+v", got) // by hand: residuals -0.2 0.6 -0.6 0.2, so 0.8/2/5
	}
}

func TestATableIsAlignedAlsoWithHanCharacters(t *testing.T) {
	r := &report{}
	r.add("读取失败", "failed reads", "0", "0 / 12", true)
	r.add("x", "y", "≤ 3×", "9\nlines", false)
	r.note("其中", "of which", "7")
	lines := strings.Split(strings.TrimRight(r.table(), "\n"), "\n")
	for _, line := range lines[1:] {
		if width(line[:strings.LastIndex(line, "  ")]) != width(lines[1][:strings.LastIndex(lines[1], "  ")]) {
			t.Errorf("%q is not as wide as %q", line, lines[1])
		}
	}
	if r.broken() != 1 || len(lines) != 4 {
		t.Errorf("%d broken in %d lines", r.broken(), len(lines))
	}
}

func TestScenariosAreChosenByName(t *testing.T) {
	all := scenarios()
	some, err := choose(all, "soak, db-killed")
	if err != nil || len(some) != 2 || some[0].name != "soak" || some[1].name != "db-killed" {
		t.Errorf("%v %v", some, err)
	}
	if _, err := choose(all, "nonsense"); err == nil {
		t.Error("a scenario that is none is chosen")
	}
	var out bytes.Buffer
	if code := run(context.Background(), []string{"--only", "nonsense"}, &out); code != exitBad || !strings.Contains(out.String(), "nonsense") {
		t.Errorf("%d %s", code, out.String())
	}
	out.Reset()
	if code := run(context.Background(), []string{"--list"}, &out); code != exitHeld || strings.Count(out.String(), "\n") != len(all) {
		t.Errorf("%d %s", code, out.String())
	}
}

func TestTheLogOfAcknowledgementsTellsHowWritesEnded(t *testing.T) {
	a := newAcks()
	at := time.Now().Add(-time.Second)
	a.ended(at, nil, func() { a.records["k"] = true })
	a.ended(at, errors.Join(errRefused), func() { t.Error("a refusal is kept") })
	a.ended(at, errors.Join(errGone), func() { t.Error("silence is kept") })
	a.ended(at, errWrong{500, "boom"}, func() { t.Error("a fault is kept") })
	if n, _ := a.wrong(true); n != 1 || a.total() != 1 {
		t.Errorf("%d wrong, %d acknowledged", n, a.total())
	}
	if n, example := a.wrong(false); n != 2 || !strings.Contains(example, "boom") {
		t.Errorf("%d wrong, %s", n, example)
	}
	if done, refused, longest := a.between(at, at); done != 1 || refused != 1 || longest < time.Second {
		t.Errorf("%d done, %d refused, %v", done, refused, longest)
	}
	if end, ok := a.after(at); !ok || !end.After(at) {
		t.Errorf("%v %v", end, ok)
	}
}

func TestTheMiddleOfTheDemoIsInItsTile(t *testing.T) {
	if x, y := tileAt(121.4858, 31.2380, 14); x != 13720 || y != 6694 {
		t.Errorf("%d/%d", x, y)
	}
	var v vitals
	if v.read(strings.NewReader("go_goroutines 3\n")) == nil {
		t.Error("figures that are missing are not missed")
	}
}
