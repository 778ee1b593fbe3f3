// Package photo makes photos that people send harmless: they are decoded and
// drawn anew, so that nothing is left of what came with them: where and when
// they were taken, with what, a second file behind the first. It is pure.
package photo

import (
	"bytes"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"

	"cloudgrid/gridmap"
)

// Bounds of a photo.
const (
	// maxPixels bounds what is decoded: 16 million, a phone's camera; decoded
	// that is 64 MB, and 128 MB of a PNG with 16 bits a channel.
	maxPixels = 16 << 20
	// MaxSide is the longer side that is kept, in pixels: a screen's worth.
	MaxSide = 2048
	quality = 82
)

// Type is what Clean makes.
const Type = "image/jpeg"

// Clean draws a JPEG or PNG anew, upright, as a JPEG of at most MaxSide. The
// error is Invalid and says what is wrong with it. It takes memory by the
// million pixels: the caller sees to it that few run at once.
func Clean(data []byte) ([]byte, error) {
	config, decode, err := header(data)
	if err != nil {
		return nil, err
	}
	if config.Width <= 0 || config.Height <= 0 || config.Width > maxPixels/config.Height {
		return nil, gridmap.Errorf(gridmap.Invalid, "照片有 %d×%d 像素，过大，请缩小后再发 (too many pixels)", config.Width, config.Height)
	}
	picture, err := decode(bytes.NewReader(data))
	if err != nil {
		return nil, gridmap.Errorf(gridmap.Invalid, "照片无法解读，可能没有传完 (the photo cannot be read): %w", err)
	}
	turn := 1
	if bytes.HasPrefix(data, jpegStart) {
		turn = orientation(data)
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, upright(shrunk(picture), turn), &jpeg.Options{Quality: quality}); err != nil {
		return nil, gridmap.Errorf(gridmap.Internal, "照片无法保存 (the photo cannot be written): %w", err)
	}
	return out.Bytes(), nil
}

// How the files begin (ISO/IEC 10918-1 B.1.1.3, with the marker that follows;
// ISO/IEC 15948 5.2).
var (
	jpegStart = []byte("\xFF\xD8\xFF")
	pngStart  = []byte("\x89PNG\r\n\x1A\n")
)

type decoder func(*bytes.Reader) (image.Image, error)

// header tells by its content what a file is, and how large the picture.
func header(data []byte) (image.Config, decoder, error) {
	var config image.Config
	var decode decoder
	var err error
	switch {
	case bytes.HasPrefix(data, jpegStart):
		config, err = jpeg.DecodeConfig(bytes.NewReader(data))
		decode = func(r *bytes.Reader) (image.Image, error) { return jpeg.Decode(r) }
	case bytes.HasPrefix(data, pngStart):
		config, err = png.DecodeConfig(bytes.NewReader(data))
		decode = func(r *bytes.Reader) (image.Image, error) { return png.Decode(r) }
	default:
		return config, nil, gridmap.Errorf(gridmap.Invalid, "照片应为 JPEG 或 PNG (a JPEG or PNG is wanted)")
	}
	if err != nil {
		return config, nil, gridmap.Errorf(gridmap.Invalid, "照片无法解读 (the photo cannot be read): %w", err)
	}
	return config, decode, nil
}

// shrunk returns a picture of at most MaxSide, each pixel the mean of those it
// stands for, on white where it is transparent.
func shrunk(from image.Image) *image.RGBA {
	b := from.Bounds()
	flat := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(flat, flat.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(flat, flat.Bounds(), from, b.Min, draw.Over)
	w, h := b.Dx(), b.Dy()
	if long := max(w, h); long > MaxSide {
		w, h = max(1, w*MaxSide/long), max(1, h*MaxSide/long)
	} else {
		return flat
	}
	to := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			mean(flat, image.Rect(x*b.Dx()/w, y*b.Dy()/h, (x+1)*b.Dx()/w, (y+1)*b.Dy()/h), to.Pix[to.PixOffset(x, y):])
		}
	}
	return to
}

// mean writes the mean colour of a part, which is not empty.
func mean(from *image.RGBA, part image.Rectangle, to []byte) {
	var sum [4]int
	for y := part.Min.Y; y < part.Max.Y; y++ {
		row := from.Pix[from.PixOffset(part.Min.X, y):from.PixOffset(part.Max.X, y)]
		for i, v := range row {
			sum[i&3] += int(v)
		}
	}
	n := part.Dx() * part.Dy()
	for i := range sum {
		to[i] = byte((sum[i] + n/2) / n)
	}
}

// upright turns a picture as the Orientation of EXIF 2.3 (4.6.4 A) says: 1 is
// as it is, 3 upside down, 6 and 8 on its side, the even ones mirrored first.
func upright(from *image.RGBA, turn int) *image.RGBA {
	if turn < 2 || turn > 8 {
		return from
	}
	w, h := from.Rect.Dx(), from.Rect.Dy()
	size := image.Rect(0, 0, w, h)
	if turn >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	to := image.NewRGBA(size)
	for y := range h {
		for x := range w {
			u, v := x, y
			switch turn {
			case 2:
				u = w - 1 - x
			case 3:
				u, v = w-1-x, h-1-y
			case 4:
				v = h - 1 - y
			case 5:
				u, v = y, x
			case 6:
				u, v = h-1-y, x
			case 7:
				u, v = h-1-y, w-1-x
			case 8:
				u, v = y, w-1-x
			}
			copy(to.Pix[to.PixOffset(u, v):][:4], from.Pix[from.PixOffset(x, y):])
		}
	}
	return to
}
