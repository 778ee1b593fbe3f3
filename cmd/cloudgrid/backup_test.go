package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cloudgrid/gridmap"
)

// officeStore is filledStore with something of what is kept beside the map.
func officeStore(t *testing.T) (where string) {
	t.Helper()
	where = filledStore(t)
	s, err := openStore(t.Context(), where, storeWrite)
	if err != nil {
		t.Fatal(err)
	}
	ctx, at := t.Context(), time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	if _, err := s.(gridmap.Accounts).PutAccount(ctx, gridmap.Account{Name: "张三", Password: "$argon2id$", Grants: []gridmap.Grant{{Role: "admin"}}}); err != nil {
		t.Fatal(err)
	}
	if err := s.(gridmap.Receipts).PutReceipt(ctx, gridmap.Receipt{ID: "r", At: at, Answer: "{}"}); err != nil {
		t.Fatal(err)
	}
	if err := s.(gridmap.Journal).PutAttachment(ctx, gridmap.Attachment{ID: "a", At: at, Type: "image/png", Data: bytes.Repeat([]byte{7, 9}, 5000)}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return where
}

// runFor runs a command that prints JSON.
func runFor[T any](t *testing.T, args ...string) (result T, code int, said string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(append(args, "--json"), strings.NewReader(""), &out, &errs)
	if out.Len() > 0 {
		if err := json.Unmarshal(out.Bytes(), &result); err != nil {
			t.Fatalf("%v: %s", err, out.String())
		}
	}
	return result, code, errs.String()
}

func TestABackupIsRestoredIntoEitherKindOfStore(t *testing.T) {
	from, out := officeStore(t), filepath.Join(t.TempDir(), "grid.zip")
	made, code, said := runFor[backedUp](t, "backup", "--store", from, "--out", out)
	if code != exitOK {
		t.Fatal(said)
	}
	if info, err := os.Stat(out); err != nil || info.Size() != made.Bytes || info.Mode().Perm() != backupFileMode {
		t.Errorf("%v, %v", info, err)
	}
	if _, code, _ := runFor[backedUp](t, "backup", "--store", from, "--out", out); code != exitBad {
		t.Error("a backup was overwritten")
	}
	targets := []string{"gpkg:" + filepath.Join(t.TempDir(), "back.gpkg")}
	dsn := os.Getenv("CLOUDGRID_TEST_POSTGRES")
	if dsn != "" {
		targets = append(targets, newSchema(t, dsn))
	}
	for _, to := range targets {
		back, code, said := runFor[copied](t, "restore", out, "--store", to)
		if code != exitOK || !slices.Equal(back.Kinds, made.Manifest.Kinds) {
			t.Fatalf("%s: exit %d, %s\n%v\n%v", storeName(to), code, said, back.Kinds, made.Manifest.Kinds)
		}
		if _, code, _ := runFor[copied](t, "restore", out, "--store", to); code != exitBad {
			t.Error("restored over a map")
		}
		again := filepath.Join(t.TempDir(), "again.zip")
		second, code, said := runFor[backedUp](t, "backup", "--store", to, "--out", again)
		if code != exitOK || !slices.Equal(second.Manifest.Kinds, made.Manifest.Kinds) {
			t.Errorf("backup of %s: exit %d, %s", storeName(to), code, said)
		}
	}
	leftOvers(t, filepath.Dir(out), 1)
	if dsn == "" {
		t.Skip("CLOUDGRID_TEST_POSTGRES is not set: `make test` starts a cluster and sets it")
	}
}

// leftOvers complains unless a folder holds n things.
func leftOvers(t *testing.T, folder string, n int) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != n {
		t.Errorf("%d things in %s, want %d: %v, %v", len(entries), folder, n, entries, err)
	}
}

// rezip writes a zip anew with its files changed by edit.
func rezip(t *testing.T, from string, edit func(name string, data []byte) (string, []byte)) (to string) {
	t.Helper()
	in, err := zip.OpenReader(from)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		name, data := edit(f.Name, data)
		if name == "" {
			continue
		}
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	to = filepath.Join(t.TempDir(), "edited.zip")
	if err := os.WriteFile(to, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return to
}

func TestADamagedBackupIsRefusedAndLeavesNothing(t *testing.T) {
	out := filepath.Join(t.TempDir(), "grid.zip")
	if _, code, said := runFor[backedUp](t, "backup", "--store", officeStore(t), "--out", out); code != exitOK {
		t.Fatal(said)
	}
	same := func(name string, data []byte) (string, []byte) { return name, data }
	for name, edit := range map[string]func(string, []byte) (string, []byte){
		"a byte of the map": func(name string, data []byte) (string, []byte) {
			if name == backupMap {
				data[len(data)/2] ^= 1
			}
			return name, data
		},
		"no private file": func(name string, data []byte) (string, []byte) {
			if name == backupPrivate {
				return "", nil
			}
			return name, data
		},
		"a name that climbs": func(name string, data []byte) (string, []byte) {
			if name == manifestName {
				data = bytes.ReplaceAll(data, []byte(backupPrivate), []byte("../../evil"))
			} else if name == backupPrivate {
				name = "../../evil"
			}
			return name, data
		},
		"longer than promised": func(name string, data []byte) (string, []byte) {
			if name == backupMap {
				data = append(data, make([]byte, 1<<20)...)
			}
			return name, data
		},
		"another format": func(name string, data []byte) (string, []byte) {
			return name, bytes.Replace(data, []byte(`"format": 1`), []byte(`"format": 9`), 1)
		},
		"other sums of the content": func(name string, data []byte) (string, []byte) {
			if name == manifestName {
				data = bytes.Replace(data, []byte(`"rows": 2`), []byte(`"rows": 3`), 1)
			}
			return name, data
		},
		"no manifest": func(name string, data []byte) (string, []byte) {
			if name == manifestName {
				return "", nil
			}
			return name, data
		},
	} {
		folder := t.TempDir()
		_, code, said := runFor[copied](t, "restore", rezip(t, out, edit), "--store", "gpkg:"+filepath.Join(folder, "to.gpkg"))
		if code != exitBad || said == "" {
			t.Errorf("%s: exit %d, %s", name, code, said)
		}
		leftOvers(t, folder, 0)
	}
	if _, code, said := runFor[copied](t, "restore", rezip(t, out, same), "--store", "gpkg:"+filepath.Join(t.TempDir(), "to.gpkg")); code != exitOK {
		t.Errorf("the test's own zip is refused: %s", said)
	}
	short := filepath.Join(t.TempDir(), "short.zip")
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(short, data[:len(data)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, code, _ := runFor[copied](t, "restore", short, "--store", "gpkg:"+filepath.Join(t.TempDir(), "to.gpkg")); code != exitBad {
		t.Error("half a file was restored")
	}
}

func TestACopyThatFailsLeavesNoFile(t *testing.T) {
	folder := t.TempDir()
	to := "gpkg:" + filepath.Join(folder, "to.gpkg")
	if _, code := runCopy(t, "gpkg:"+filepath.Join(t.TempDir(), "none.gpkg"), to); code != exitBad {
		t.Errorf("exit %d", code)
	}
	leftOvers(t, folder, 0)
	if err := os.WriteFile(filepath.Join(folder, "to.app.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, code := runCopy(t, officeStore(t), to); code != exitBad {
		t.Errorf("a private file in the way: exit %d", code)
	}
	leftOvers(t, folder, 1)
}
