package importers

import (
	"archive/zip"
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/paulmach/orb"
)

// square is a closed ring, clockwise as Shapefile exteriors run.
func square(x, y, side float64) orb.Ring {
	return orb.Ring{{x, y}, {x, y + side}, {x + side, y + side}, {x + side, y}, {x, y}}
}

func reversed(r orb.Ring) orb.Ring {
	c := r.Clone()
	c.Reverse()
	return c
}

func openBytes(name string, b []byte, o Options) (Source, error) {
	return OpenReader(name, bytes.NewReader(b), int64(len(b)), o)
}

func mustOpen(t *testing.T, name string, b []byte, o Options) Source {
	t.Helper()
	src, err := openBytes(name, b, o)
	if err != nil {
		t.Fatalf("open %s: %v", name, err)
	}
	t.Cleanup(func() {
		if err := src.Close(); err != nil {
			t.Error(err)
		}
	})
	return src
}

// readAll returns the sound features and the problems.
func readAll(t *testing.T, src Source) (good []Feature, bad []*Error) {
	t.Helper()
	for f, err := range src.Features() {
		if err == nil {
			good = append(good, f)
			continue
		}
		var e *Error
		if !errors.As(err, &e) {
			t.Fatalf("%T is no *Error: %v", err, err)
		}
		bad = append(bad, e)
	}
	return good, bad
}

func zipOf(t *testing.T, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func notesHave(info Info, part string) bool {
	return strings.Contains(strings.Join(info.Notes, "\n"), part)
}
