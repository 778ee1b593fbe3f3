package api

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"cloudgrid/gridmap"
)

// Arrays are held whole, and anybody may send them.
func TestFewLargeArraysAreHeldAtATime(t *testing.T) {
	s := New(nil, Desk{})
	read := func(n int, patience time.Duration) (func(), error) {
		body, done, err := s.readArray(t.Context(), io.LimitReader(endless{}, int64(n)), patience)
		if err == nil && len(body) != n {
			t.Errorf("%d bytes of %d", len(body), n)
		}
		return done, err
	}
	var all []func()
	for range largeArrays {
		done, err := read(smallArray+5, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, done)
	}
	if _, err := read(smallArray, time.Millisecond); !errors.Is(err, errManyArrays) {
		t.Errorf("one more: %v", err)
	}
	if _, err := read(smallArray-1, time.Minute); err != nil {
		t.Errorf("a small one waits for large ones: %v", err)
	}
	all[0]()
	if _, err := read(smallArray+5, time.Minute); err != nil {
		t.Errorf("when there is room again: %v", err)
	}
}

// A body that breaks off leaves its room to others.
func TestABrokenLargeArrayIsNotHeld(t *testing.T) {
	s := New(nil, Desk{})
	for range largeArrays + 1 {
		broken := io.MultiReader(bytes.NewReader(make([]byte, smallArray+5)), failing{})
		if _, _, err := s.readArray(t.Context(), broken, time.Minute); gridmap.CodeOf(err) != gridmap.Invalid {
			t.Fatal(err)
		}
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
