package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// asker sends a request and returns the answer; a visitor's send is one.
type asker func(method, path, kind, body string, header ...string) (int, string, http.Header)

// importing is somebody at the wizard of a server.
type importing struct {
	t    *testing.T
	ask  asker
	base string
}

// wizardImport is what the tests read of an import.
type wizardImport struct {
	ID, File, State, Fault, Stage string
	Check                         *struct {
		Number                                                               int
		Refusal                                                              string
		Rows_read, Rows_accepted, Rows_rejected, Created, Updated, Unchanged int
	}
	Result *struct{ Edition, Seq, Created int64 }
	Survey struct {
		Format       string
		Layers       []string
		Choose_layer bool
		Rows         int
		Fields       []struct{ Name string }
		Sample       []struct {
			Row   int
			Cells []string
		}
		Frame struct {
			Needed, Sure, Projected bool
			Declared, Fault         string
			Choices                 []struct {
				Code   string
				In_map float64
			}
		}
	}
	Kinds map[string]struct {
		Fields, Required []string
		Columns, Counts  map[string]string
	}
}

// wizardReport is what the tests read of a report.
type wizardReport struct {
	Number, Total int
	Refusal       string
	Kinds         []struct {
		Kind, Severity, Name, Do string
		Count                    int
	}
	Findings []struct {
		N                       int
		Kind, Severity, Message string
		Rows                    []int
		Codes                   []string
		At                      []float64
	}
}

func (r wizardReport) kinds() map[string]int {
	n := map[string]int{}
	for _, k := range r.Kinds {
		n[k.Severity+" "+k.Kind] += k.Count
	}
	return n
}

// atWizard is somebody on the server's own machine.
func atWizard(t *testing.T, base string) importing {
	return importing{t, func(method, path, kind, body string, header ...string) (int, string, http.Header) {
		req, err := http.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if kind != "" {
			req.Header.Set("Content-Type", kind)
		}
		for i := 0; i+1 < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		out, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(out), resp.Header
	}, base}
}

// wizard is a visitor at the wizard.
func (v *visitor) wizard() importing { return importing{v.o.t, v.send, v.o.base} }

// filesForm makes the form of an upload: names and bodies in turn.
func filesForm(t *testing.T, files ...string) (kind, body string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i+1 < len(files); i += 2 {
		part, err := w.CreateFormFile("file", files[i])
		if err == nil {
			_, err = io.WriteString(part, files[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), b.String()
}

// send uploads files.
func (w importing) send(files ...string) (int, wizardImport, string) {
	w.t.Helper()
	kind, body := filesForm(w.t, files...)
	status, out, _ := w.ask(http.MethodPost, "/v1/imports", kind, body, "Origin", w.base)
	var it wizardImport
	if status == http.StatusCreated {
		w.read(out, &it)
	}
	return status, it, out
}

// begin uploads files that are taken.
func (w importing) begin(files ...string) wizardImport {
	w.t.Helper()
	status, it, out := w.send(files...)
	if status != http.StatusCreated {
		w.t.Fatalf("not taken: %d %s", status, out)
	}
	return it
}

func (w importing) read(body string, into any) {
	w.t.Helper()
	if err := json.Unmarshal([]byte(body), into); err != nil {
		w.t.Fatalf("%v: %.300s", err, body)
	}
}

// step posts a body to an import.
func (w importing) step(it wizardImport, what, body string) (int, string) {
	w.t.Helper()
	status, out, _ := w.ask(http.MethodPost, "/v1/imports/"+it.ID+"/"+what, "application/json", body)
	return status, out
}

// settled waits until no job of an import runs.
func (w importing) settled(it wizardImport) wizardImport {
	w.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		status, out, _ := w.ask(http.MethodGet, "/v1/imports/"+it.ID, "", "")
		var now wizardImport
		if w.read(out, &now); status != http.StatusOK {
			w.t.Fatalf("%d %s", status, out)
		}
		switch now.State {
		case "ready", "checked", "done":
			return now
		}
		if time.Now().After(end) {
			w.t.Fatalf("still %s", out)
		}
	}
}

// check has an import checked.
func (w importing) check(it wizardImport, choice string) (wizardImport, wizardReport) {
	w.t.Helper()
	if status, out := w.step(it, "check", choice); status != http.StatusAccepted {
		w.t.Fatalf("not checked: %d %s", status, out)
	}
	now := w.settled(it)
	var rep wizardReport
	if now.State == "checked" {
		_, out, _ := w.ask(http.MethodGet, "/v1/imports/"+it.ID+"/report", "", "")
		w.read(out, &rep)
	}
	return now, rep
}

// accept accepts the newest check.
func (w importing) accept(it wizardImport) wizardImport {
	w.t.Helper()
	if status, out := w.step(it, "accept", fmt.Sprintf(`{"check":%d}`, it.Check.Number)); status != http.StatusAccepted {
		w.t.Fatalf("not accepted: %d %s", status, out)
	}
	return w.settled(it)
}

func (w importing) giveUp(it wizardImport) int {
	w.t.Helper()
	status, _, _ := w.ask(http.MethodDelete, "/v1/imports/"+it.ID, "", "")
	return status
}

// filesUnder lists all files below a folder.
func filesUnder(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && path != dir {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
