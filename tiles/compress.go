package tiles

import (
	"bytes"
	"fmt"
	"io"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Encoding is a content encoding, as HTTP names it; "" is none.
type Encoding string

// The encodings that tiles can be had in.
const (
	Identity Encoding = ""
	Gzip     Encoding = "gzip"
	Brotli   Encoding = "br"
	Zstd     Encoding = "zstd"
)

// Levels are a compromise for bytes that are made once and sent often, while
// someone waits for the first: each costs less than cutting the tile, and the
// next ones would save a hundredth at twice the time.
const (
	gzipLevel   = 3
	brotliLevel = 2
)

// Writers take longer to make than to write a tile, so they are kept.
var (
	gzipWriters = sync.Pool{New: func() any {
		w, err := gzip.NewWriterLevel(io.Discard, gzipLevel)
		if err != nil {
			panic(err) // the level is a constant
		}
		return w
	}}
	brotliWriters = sync.Pool{New: func() any { return brotli.NewWriterLevel(io.Discard, brotliLevel) }}
	zstdWriters   = sync.Pool{New: func() any {
		w, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(zstdWindow))
		if err != nil {
			panic(err) // the options are constants
		}
		return w
	}}
)

// zstdWindow holds most tiles whole and keeps what a writer takes small.
const zstdWindow = 256 << 10

// Compress encodes tile bytes; the same bytes always give the same result, in
// the cache and in exported files.
func Compress(raw []byte, to Encoding) ([]byte, error) {
	var buf bytes.Buffer
	switch to {
	case Identity:
		return raw, nil
	case Gzip:
		w := gzipWriters.Get().(*gzip.Writer)
		defer gzipWriters.Put(w)
		buf.Grow(len(raw)/2 + 64)
		w.Reset(&buf)
		if err := finish(w, raw); err != nil {
			return nil, err
		}
	case Brotli:
		w := brotliWriters.Get().(*brotli.Writer)
		defer brotliWriters.Put(w)
		buf.Grow(len(raw)/2 + 64)
		w.Reset(&buf)
		if err := finish(w, raw); err != nil {
			return nil, err
		}
	case Zstd:
		w := zstdWriters.Get().(*zstd.Encoder)
		defer zstdWriters.Put(w)
		return w.EncodeAll(raw, make([]byte, 0, len(raw)/2+64)), nil
	default:
		return nil, fmt.Errorf("unknown content encoding %.20q", to)
	}
	return buf.Bytes(), nil
}

func finish(w io.WriteCloser, raw []byte) error {
	if _, err := w.Write(raw); err != nil {
		return err
	}
	return w.Close()
}

// maxUnzipped bounds what a short hostile input can grow to; no tile and no
// directory is near it.
const maxUnzipped = 1 << 28

func gunzip(gz []byte) ([]byte, error) { return decompress(gz, Gzip) }

func decompress(b []byte, from Encoding) ([]byte, error) {
	var r io.Reader = bytes.NewReader(b)
	switch from {
	case Gzip:
		gz, err := gzip.NewReader(r)
		if err != nil {
			return nil, err
		}
		r = gz
	case Brotli:
		r = brotli.NewReader(r)
	case Zstd:
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, err
		}
		defer z.Close()
		r = z
	default:
		return b, nil
	}
	return io.ReadAll(io.LimitReader(r, maxUnzipped))
}
