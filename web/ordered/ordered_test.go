package ordered

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
)

func count(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

func TestResultsComeInTheOrderOfTheItems(t *testing.T) {
	var got strings.Builder
	err := Run(t.Context(), count(500), func(out []byte, i int) []byte {
		if i%7 == 0 {
			time.Sleep(time.Millisecond) // let later ones overtake
		}
		return fmt.Appendf(out, "%d,", i)
	}, func(b []byte, _ bool) error {
		got.Write(b)
		return nil
	})
	var want strings.Builder
	for i := range 500 {
		fmt.Fprintf(&want, "%d,", i)
	}
	if err != nil || got.String() != want.String() {
		t.Fatalf("%v: %.80s", err, got.String())
	}
}

func TestAFailedEmitEndsAnEndlessStream(t *testing.T) {
	n := 0
	err := Run(t.Context(), func(yield func(int) bool) {
		for yield(1) {
		}
	}, func(out []byte, _ int) []byte { return out }, func([]byte, bool) error {
		if n++; n == 10 {
			return io.ErrClosedPipe
		}
		return nil
	})
	_ = err
	if !errors.Is(err, io.ErrClosedPipe) || n != 10 {
		t.Fatalf("%v after %d", err, n)
	}
}

func TestACancelledContextIsTheError(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	err := Run(ctx, count(1<<30), func(out []byte, i int) []byte {
		if i == 100 {
			cancel()
		}
		return out
	}, func([]byte, bool) error { return nil })
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}
