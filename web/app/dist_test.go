package app

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sourcesHash does what scripts/stamp.mjs does after a build: one line per file the build reads, name and SHA-256 of
// its content, in the order of the names. Tests of the page do not reach dist/ and are left out.
func sourcesHash(root fs.FS) (string, error) {
	names := []string{"index.html", "package-lock.json", "package.json", "tsconfig.json", "vite.config.ts"}
	for _, folder := range []string{"src", "public", "scripts"} {
		err := fs.WalkDir(root, folder, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			if !strings.HasSuffix(name, ".test.ts") && !strings.HasSuffix(name, ".test.tsx") {
				names = append(names, name)
			}
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	slices.Sort(names)
	whole := sha256.New()
	for _, name := range names {
		content, err := fs.ReadFile(root, name)
		if err != nil {
			return "", err
		}
		_, _ = fmt.Fprintf(whole, "%s %x\n", name, sha256.Sum256(content))
	}
	return hex.EncodeToString(whole.Sum(nil)), nil
}

func TestTheBuiltPageIsTheOneOfTheseSources(t *testing.T) {
	want, err := sourcesHash(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	got, err := fs.ReadFile(FS(), "SOURCES.sha256")
	if err != nil {
		t.Fatal(err)
	}
	if strings.TrimSpace(string(got)) != want {
		t.Errorf("dist/ was built from other sources: run `npm ci && npm run build` in web/app and commit dist/ with them")
	}
}

func TestTheLockfileNamesNoRegistry(t *testing.T) {
	lock, err := os.ReadFile("package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(lock, []byte(`"resolved"`)) {
		t.Error(`package-lock.json records download addresses: keep omit-lockfile-registry-resolved=true in .npmrc`)
	}
}

// firstLoadMaxBytes is the budget of the first visit: page, style, script and the map's worker, gzipped.
const firstLoadMaxBytes = 480_000

// editorMaxBytes is the budget of what the planners' editor adds, gzipped.
const editorMaxBytes = 80_000

// lazy are the files that only the planners' editor and the import wizard ask
// for, when their addresses are opened; every other file counts as the first visit's. That nothing else
// asks for them is TestTheFirstVisitAsksForNothingOfTheEditor.
var lazy = regexp.MustCompile(`^assets/(start|wizard)-[\w-]+\.(js|css)$`)

// wizardMaxBytes is the budget of what the import wizard adds, gzipped.
const wizardMaxBytes = 30_000

func TestTheFirstLoadFitsItsBudget(t *testing.T) {
	first, editor, wizard := 0, 0, 0
	err := fs.WalkDir(FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || name == "SOURCES.sha256" {
			return err
		}
		content, err := fs.ReadFile(FS(), name)
		if err != nil {
			return err
		}
		n := gzipped(t, content)
		t.Logf("%8d bytes gzipped  %s", n, name)
		switch {
		case strings.HasPrefix(name, "assets/wizard-"):
			wizard += n
		case lazy.MatchString(name):
			editor += n
		default:
			first += n
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%8d bytes gzipped at the first load, %d more for the editor", first, editor)
	if wizard == 0 || wizard > wizardMaxBytes {
		t.Errorf("the wizard is %d bytes gzipped; at most %d, and in files of its own", wizard, wizardMaxBytes)
	}
	if first > firstLoadMaxBytes {
		t.Errorf("the first load is %d bytes gzipped, more than %d", first, firstLoadMaxBytes)
	}
	if editor == 0 || editor > editorMaxBytes {
		t.Errorf("the editor is %d bytes gzipped; at most %d, and in files of its own", editor, editorMaxBytes)
	}
}

// TestTheFirstVisitAsksForNothingOfTheEditor: index.html names no file of the
// editor, and scripts import it dynamically only.
func TestTheFirstVisitAsksForNothingOfTheEditor(t *testing.T) {
	page, err := fs.ReadFile(FS(), "index.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, ref := range reference.FindAllSubmatch(page, -1) {
		if name := strings.TrimPrefix(string(ref[1]), "/"); lazy.MatchString(name) {
			t.Errorf("index.html asks for %s", name)
		}
	}
	entries, err := fs.Glob(FS(), "assets/index-*.js")
	if err != nil || len(entries) == 0 {
		t.Fatal("no script of the page:", err)
	}
	static := regexp.MustCompile(`(?:from|import)\s*["'` + "`" + `]\./(?:start|wizard)-`)
	for _, name := range entries {
		script, err := fs.ReadFile(FS(), name)
		if err != nil {
			t.Fatal(err)
		}
		if static.Match(script) {
			t.Errorf("%s imports the editor statically", name)
		}
	}
}

func gzipped(t *testing.T, content []byte) int {
	t.Helper()
	var out bytes.Buffer
	zip, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := zip.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Len()
}

var reference = regexp.MustCompile(`(?:src|href)="([^"]+)"`)

func TestThePageLoadsOnlyItsOwnFiles(t *testing.T) {
	page, err := fs.ReadFile(FS(), "index.html")
	if err != nil {
		t.Fatal(err)
	}
	found := reference.FindAllSubmatch(page, -1)
	if len(found) == 0 {
		t.Fatal("index.html refers to nothing: the placeholder was built in")
	}
	for _, ref := range found {
		name := string(ref[1])
		if !strings.HasPrefix(name, "/") || strings.HasPrefix(name, "//") {
			t.Errorf("index.html refers to %q, which is not a path of this server", name)
			continue
		}
		if _, err := fs.Stat(FS(), strings.TrimPrefix(path.Clean(name), "/")); err != nil {
			t.Errorf("index.html refers to %q, which is not in dist/", name)
		}
	}
	if bytes.Contains(page, []byte("<script>")) || bytes.Contains(page, []byte("style=")) {
		t.Error("index.html has an inline script or style, which the content security policy forbids")
	}
}
