package photo

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"cloudgrid/gridmap"
)

// flag is a picture whose left half is red and whose top right quarter is blue.
func flag(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{250, 250, 250, 255}
			switch {
			case x < w/2:
				c = color.RGBA{200, 0, 0, 255}
			case y < h/2:
				c = color.RGBA{0, 0, 200, 255}
			}
			m.Set(x, y, c)
		}
	}
	return m
}

func asJPEG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withEXIF puts an EXIF block with an orientation and a place into a JPEG.
func withEXIF(data []byte, turn uint16, order binary.AppendByteOrder) []byte {
	head := "MM\x00*"
	if order == binary.LittleEndian {
		head = "II*\x00"
	}
	tiff := order.AppendUint32([]byte(head), 8)
	tiff = order.AppendUint16(tiff, 2)
	tiff = order.AppendUint16(order.AppendUint32(order.AppendUint16(order.AppendUint16(tiff, 0x0112), 3), 1), turn)
	tiff = append(tiff, 0, 0)
	tiff = order.AppendUint32(order.AppendUint32(order.AppendUint16(order.AppendUint16(tiff, 0x8825), 4), 1), 40)
	tiff = append(tiff, "GPS 31.2304N 121.4737E PhoneMaker 1"...)
	body := append([]byte("Exif\x00\x00"), tiff...)
	segment := binary.BigEndian.AppendUint16([]byte{0xFF, 0xE1}, uint16(len(body)+2))
	return append(append(append([]byte{0xFF, 0xD8}, segment...), body...), data[2:]...)
}

func cleaned(t *testing.T, data []byte) (image.Image, []byte) {
	t.Helper()
	out, err := Clean(data)
	if err != nil {
		t.Fatal(err)
	}
	m, kind, err := image.Decode(bytes.NewReader(out))
	if err != nil || kind != "jpeg" {
		t.Fatal(kind, err)
	}
	return m, out
}

func TestNothingButThePictureIsLeftOfAPhoto(t *testing.T) {
	plain := asJPEG(t, flag(40, 20))
	xmp := "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>GPSLatitude</x:xmpmeta>"
	for name, data := range map[string][]byte{
		"EXIF":               withEXIF(plain, 1, binary.BigEndian),
		"EXIF little-endian": withEXIF(plain, 1, binary.LittleEndian),
		"a page behind it":   append(bytes.Clone(plain), "<script>GPS PhoneMaker alert(1)</script>PK\x03\x04"...),
		"XMP":                append(append([]byte{0xFF, 0xD8, 0xFF, 0xE1, 0, byte(len(xmp) + 2)}, xmp...), plain[2:]...),
		"PNG with text":      pngWith(asPNG(t, flag(40, 20)), "tEXt", "Comment\x00GPS PhoneMaker <script>"),
	} {
		_, out := cleaned(t, data)
		for _, left := range []string{"GPS", "PhoneMaker", "Exif", "script", "xmp", "PK\x03"} {
			if bytes.Contains(out, []byte(left)) {
				t.Errorf("%s: %q is left", name, left)
			}
		}
	}
}

// pngWith puts a chunk behind the header of a PNG. Its checksum is wrong, as an
// attacker's may be: what reads it skips the chunk or refuses the file.
func pngWith(data []byte, kind, body string) []byte {
	const header = 8 + 25
	chunk := append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), kind+body...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc([]byte(kind+body)))
	return append(append(bytes.Clone(data[:header]), chunk...), data[header:]...)
}

func crc(b []byte) uint32 {
	c := ^uint32(0)
	for _, x := range b {
		c ^= uint32(x)
		for range 8 {
			c = c>>1 ^ 0xEDB88320&-(c&1)
		}
	}
	return ^c
}

func TestAPhotoIsTurnedAsTheCameraSaysAndNoLongerSaysSo(t *testing.T) {
	// where the white quarter comes to lie: x and y in [0, 1]
	white := map[uint16][2]float64{1: {.75, .75}, 2: {.25, .75}, 3: {.25, .25}, 4: {.75, .25}, 5: {.75, .75}, 6: {.25, .75}, 7: {.25, .25}, 8: {.75, .25}}
	for turn, at := range white {
		m, _ := cleaned(t, withEXIF(asJPEG(t, flag(64, 32)), turn, binary.BigEndian))
		b := m.Bounds()
		if sideways := turn >= 5; sideways != (b.Dx() < b.Dy()) {
			t.Errorf("%d: %v", turn, b)
		}
		r, g, _, _ := m.At(int(float64(b.Dx())*at[0]), int(float64(b.Dy())*at[1])).RGBA()
		if r>>8 < 220 || g>>8 < 220 {
			t.Errorf("%d: the white quarter is elsewhere (%d %d)", turn, r>>8, g>>8)
		}
	}
}

func TestALargePhotoIsMadeSmallerAndATransparentOneWhite(t *testing.T) {
	m, out := cleaned(t, asPNG(t, flag(4000, 1000)))
	if b := m.Bounds(); b.Dx() != MaxSide || b.Dy() != MaxSide/4 || len(out) > gridmap.MaxAttachmentBytes {
		t.Errorf("%v, %d bytes", b, len(out))
	}
	m, _ = cleaned(t, asPNG(t, image.NewRGBA(image.Rect(0, 0, 3, 3))))
	if r, _, _, _ := m.At(1, 1).RGBA(); r>>8 < 250 {
		t.Errorf("transparent is %d", r>>8)
	}
}

func TestWhatIsNoPhotoIsRefused(t *testing.T) {
	good := asJPEG(t, flag(40, 20))
	huge := bytes.Clone(asPNG(t, flag(2, 2)))
	binary.BigEndian.PutUint32(huge[16:], 60000)
	binary.BigEndian.PutUint32(huge[20:], 60000)
	binary.BigEndian.PutUint32(huge[29:], crc(huge[12:29]))
	for name, data := range map[string][]byte{
		"nothing":      nil,
		"a page":       []byte("<!doctype html><script>alert(1)</script>"),
		"an SVG":       []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`),
		"a GIF":        []byte("GIF89a\x01\x00\x01\x00"),
		"WebP":         []byte("RIFF\x24\x00\x00\x00WEBPVP8 "),
		"half a photo": good[:len(good)/2],
		"only a start": good[:4],
		"a bomb":       huge,
		"PDF":          []byte("%PDF-1.7"),
	} {
		if _, err := Clean(data); gridmap.CodeOf(err) != gridmap.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Clean(huge); err == nil || !strings.Contains(err.Error(), "60000") {
		t.Errorf("the bomb: %v", err)
	}
}

func FuzzCleanNeverPanicsAndMakesAJPEG(f *testing.F) {
	f.Add(asJPEG(f, flag(8, 4)))
	f.Add(asPNG(f, flag(8, 4)))
	f.Add(withEXIF(asJPEG(f, flag(8, 4)), 6, binary.LittleEndian))
	f.Fuzz(func(t *testing.T, data []byte) {
		if c, _, err := header(data); err != nil || c.Width*c.Height > 1<<16 {
			return // slow, and nothing new
		}
		out, err := Clean(data)
		if err != nil {
			return
		}
		if _, err := jpeg.Decode(bytes.NewReader(out)); err != nil {
			t.Error(err)
		}
	})
}
