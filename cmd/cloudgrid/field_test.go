package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
)

// phonePhoto is a photo as a phone makes it: with where it was taken in it.
func phonePhoto(t *testing.T, shade uint8) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 64, 48))
	for i := range m.Pix {
		m.Pix[i] = shade
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	body := "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x00GPSLatitude 31.2304 PhoneMaker"
	head := binary.BigEndian.AppendUint16([]byte{0xFF, 0xD8, 0xFF, 0xE1}, uint16(len(body)+2))
	return append(append(head, body...), b.Bytes()[2:]...)
}

// remark writes one with a key and returns its number.
func (h *hall) remark(v *visitor, key string) int64 {
	h.t.Helper()
	var c struct{ ID int64 }
	body := h.want(http.StatusCreated, v, "/comments", `{"key":"`+key+`","text":"此处有围墙 <b>","point":[121.49,31.24],"crs":"wgs84"}`)
	if err := json.Unmarshal([]byte(body), &c); err != nil {
		h.t.Fatal(err)
	}
	return c.ID
}

func (h *hall) putPhoto(v *visitor, comment int64, kind string, data []byte) (int, string) {
	h.t.Helper()
	status, body, _, err := v.trySend(http.MethodPut, h.path(fmt.Sprintf("/comments/%d/photo", comment)), kind, string(data))
	if err != nil {
		h.t.Fatal(err)
	}
	return status, body
}

func TestAPhotoFromTheFieldIsHarmlessAndSeenInsideOnly(t *testing.T) {
	h := openHall(t)
	id := h.remark(h.field, "phone-1")
	if again := h.remark(h.field, "phone-1"); again != id {
		t.Errorf("sent twice: %d and %d", id, again)
	}
	h.want(http.StatusConflict, h.field, "/comments", `{"key":"phone-1","text":"另一句"}`)
	photo := phonePhoto(t, 90)
	for what, bad := range map[string][]byte{
		"a page":       []byte("<!doctype html><script>alert(1)</script>"),
		"an SVG":       []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`),
		"a torn photo": photo[:len(photo)/2],
		"nothing":      {},
		"a bomb":       bomb(t),
	} {
		if status, body := h.putPhoto(h.field, id, "image/jpeg", bad); status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", what, status, body)
		}
	}
	if status, _ := h.putPhoto(h.field, id, "image/jpeg", append(photo, make([]byte, gridmap.MaxAttachmentBytes)...)); status != http.StatusRequestEntityTooLarge {
		t.Errorf("oversize: %d", status)
	}
	if status, _ := h.putPhoto(h.field, id, "text/html", photo); status != http.StatusUnsupportedMediaType {
		t.Errorf("as a page: %d", status)
	}
	if status, _ := h.putPhoto(h.planner, id, "image/jpeg", photo); status != http.StatusForbidden {
		t.Errorf("to another's remark: %d", status)
	}
	polyglot := append(bytes.Clone(photo), "<script>alert(1)</script>PK\x03\x04"...)
	status, body := h.putPhoto(h.field, id, "image/jpeg", polyglot)
	if status != http.StatusOK || !strings.Contains(body, h.path(fmt.Sprintf("/comments/%d/photo", id))) {
		t.Fatal(status, body)
	}
	if status, _ := h.putPhoto(h.field, id, "image/jpeg", polyglot); status != http.StatusOK {
		t.Errorf("the same photo again: %d", status)
	}
	if status, _ := h.putPhoto(h.field, id, "image/jpeg", phonePhoto(t, 200)); status != http.StatusConflict {
		t.Errorf("another photo: %d", status)
	}
	h.wantInside(id)
}

// wantInside checks who is shown the photo, and what is left of it.
func (h *hall) wantInside(id int64) {
	h.t.Helper()
	at := h.path(fmt.Sprintf("/comments/%d/photo", id))
	status, photo, header := h.planner.get(at)
	if status != http.StatusOK || header.Get("Content-Type") != "image/jpeg" || !strings.Contains(header.Get("Cache-Control"), "private") ||
		header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(header.Get("Content-Security-Policy"), "sandbox") {
		h.t.Errorf("%d %v", status, header)
	}
	for _, left := range []string{"GPS", "PhoneMaker", "Exif", "script", "PK"} {
		if strings.Contains(photo, left) {
			h.t.Errorf("%q is left in the photo", left)
		}
	}
	for name, v := range map[string]*visitor{"a stranger": h.stranger, "an app": h.program(gridmap.Grant{Role: rights.App})} {
		if status, _, _ := v.get(at); status != http.StatusForbidden && status != http.StatusUnauthorized {
			h.t.Errorf("%s is shown the photo: %d", name, status)
		}
	}
	if status, _, _ := h.planner.get(h.path("/comments/999/photo")); status != http.StatusNotFound {
		h.t.Errorf("no comment: %d", status)
	}
	lines := h.audit()
	if len(lines["plan-comment"]) != 1 || len(lines["plan-photo"]) != 1 || lines["plan-photo"][0].Actor != "一线" {
		h.t.Errorf("audit: %v %v", lines["plan-comment"], lines["plan-photo"])
	}
	if body := h.read(h.planner, "/comments"); !strings.Contains(body, at) {
		h.t.Errorf("the planners are not told of the photo: %s", body)
	}
}

// bomb is a small file that says it is a huge picture.
func bomb(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 5000, 5000))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWhoStandsSomewhereIsToldWhichGridItIsAndWhichItWillBe(t *testing.T) {
	h := openHall(t)
	var board struct {
		Atoms struct {
			ID, Owner, Base []int64
			Lon, Lat        []float64
		}
	}
	if err := json.Unmarshal([]byte(h.read(h.planner, "/board")), &board); err != nil {
		t.Fatal(err)
	}
	asked := 0
	for i, id := range board.Atoms.ID {
		if i%37 != 0 && id != h.atoms[0] {
			continue
		}
		asked++
		place := fmt.Sprintf("at=%.7f,%.7f", board.Atoms.Lon[i], board.Atoms.Lat[i])
		var here struct {
			Now, Proposed struct {
				Grid *struct {
					ID    int64
					Upper []string
				}
				BorderM  *float64  `json:"border_m"`
				BorderAt []float64 `json:"border_at"`
			}
			Changes bool
		}
		body := h.read(h.field, "/here?"+place+"&crs=wgs84")
		if err := json.Unmarshal([]byte(body), &here); err != nil {
			t.Fatal(err)
		}
		now, proposed := int64(0), int64(0)
		if here.Now.Grid != nil {
			now = here.Now.Grid.ID
		}
		if here.Proposed.Grid != nil {
			proposed = here.Proposed.Grid.ID
		}
		if now != board.Atoms.Base[i] || proposed != board.Atoms.Owner[i] || here.Changes != (now != proposed) {
			t.Errorf("atom %d: %s, it goes from %d to %d", id, body, board.Atoms.Base[i], board.Atoms.Owner[i])
		}
		if here.Proposed.Grid != nil && (here.Proposed.BorderM == nil || *here.Proposed.BorderM < 0 || len(here.Proposed.Grid.Upper) == 0) {
			t.Errorf("atom %d: %s", id, body)
		}
	}
	if asked < 5 {
		t.Errorf("only %d places", asked)
	}
	for _, bad := range []string{"at=121.4,31.2", "at=121.4,31.2&crs=gcj02", "at=x&crs=wgs84", "crs=wgs84"} {
		if status, _, _ := h.field.get(h.path("/here?" + bad)); status != http.StatusBadRequest && status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", bad, status)
		}
	}
	if body := h.read(h.field, "/here?at=0,0&crs=wgs84"); !strings.Contains(body, `"grid":null`) || !strings.Contains(body, `"across":{`) {
		t.Errorf("outside: %s", body)
	}
}
