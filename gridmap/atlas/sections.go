package atlas

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/gob"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
)

// A file of sections: magic, place and checksum of the table, the sections end
// to end, the table. The table says how many grounds and networks there are and
// how long each section is, with its CRC-32C: fast enough to be no part of the
// time, and each section can be read and checked beside the others.
var fileMagic = [8]byte{'C', 'G', 'a', 't', 'l', 'a', 's', 5}

const fileHead = len(fileMagic) + 8 + 4

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// span is one section.
type span struct {
	at, size int64
	sum      uint32
}

// sectionWriter writes sections to an empty file.
type sectionWriter struct {
	f     *os.File
	w     *bufio.Writer
	at    int64
	sum   uint32
	spans []span
}

func newSectionWriter(f *os.File) (*sectionWriter, error) {
	s := &sectionWriter{f: f, at: int64(fileHead)}
	s.w = bufio.NewWriterSize(s, 1<<20)
	_, err := f.Write(make([]byte, fileHead)) // filled in last
	return s, err
}

// Write takes what the buffer gives.
func (s *sectionWriter) Write(b []byte) (int, error) {
	s.sum = crc32.Update(s.sum, castagnoli, b)
	n, err := s.f.Write(b)
	s.at += int64(n)
	return n, err
}

// section adds a section that write fills.
func (s *sectionWriter) section(write func(w io.Writer) error) error {
	from := s.at
	s.sum = 0
	if err := write(s.w); err != nil {
		return err
	}
	if err := s.w.Flush(); err != nil {
		return err
	}
	s.spans = append(s.spans, span{from, s.at - from, s.sum})
	return nil
}

// part adds a section with a gob.
func (s *sectionWriter) part(p any) error {
	return s.section(func(w io.Writer) error { return gob.NewEncoder(w).Encode(p) })
}

// encoding adds a section with what encodes itself; nil is an empty one.
func (s *sectionWriter) encoding(e io.WriterTo) error {
	return s.section(func(w io.Writer) error {
		if e == nil {
			return nil
		}
		_, err := e.WriteTo(w)
		return err
	})
}

// finish writes the table and where it is.
func (s *sectionWriter) finish(grounds, nets int) error {
	table := binary.LittleEndian.AppendUint32(nil, uint32(grounds))
	table = binary.LittleEndian.AppendUint32(table, uint32(nets))
	for _, x := range s.spans {
		table = binary.LittleEndian.AppendUint64(table, uint64(x.size))
		table = binary.LittleEndian.AppendUint32(table, x.sum)
	}
	head := binary.LittleEndian.AppendUint64(fileMagic[:], uint64(s.at))
	head = binary.LittleEndian.AppendUint32(head, crc32.Checksum(table, castagnoli))
	if _, err := s.f.Write(table); err != nil {
		return err
	}
	_, err := s.f.WriteAt(head, 0)
	return err
}

// sections are those of a file to read.
type sections struct {
	r             io.ReaderAt
	spans         []span
	grounds, nets int
}

func openSections(r io.ReaderAt, size int64) (*sections, error) {
	head := make([]byte, fileHead)
	if _, err := r.ReadAt(head, 0); err != nil || [8]byte(head) != fileMagic {
		return nil, fmt.Errorf("%w: not one, or of another version", ErrFile)
	}
	end := int64(binary.LittleEndian.Uint64(head[8:]))
	const most = 1 << 20 // bytes of table: some 87,000 sections
	if end < int64(fileHead) || size-end < 8 || size-end > most {
		return nil, fmt.Errorf("%w: cut off", ErrFile)
	}
	table := make([]byte, size-end)
	if _, err := r.ReadAt(table, end); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFile, err)
	}
	if crc32.Checksum(table, castagnoli) != binary.LittleEndian.Uint32(head[16:]) {
		return nil, errDamaged
	}
	s := &sections{r: r, grounds: int(binary.LittleEndian.Uint32(table)), nets: int(binary.LittleEndian.Uint32(table[4:]))}
	at := int64(fileHead)
	for t := table[8:]; len(t) >= 12; t = t[12:] {
		n := binary.LittleEndian.Uint64(t)
		if n > math.MaxInt64/2 || at+int64(n) > end {
			return nil, fmt.Errorf("%w: bad table", ErrFile)
		}
		s.spans = append(s.spans, span{at, int64(n), binary.LittleEndian.Uint32(t[8:])})
		at += int64(n)
	}
	if at != end || (len(table)-8)%12 != 0 || len(s.spans) != s.numSections() {
		return nil, fmt.Errorf("%w: bad table", ErrFile)
	}
	return s, nil
}

var errDamaged = fmt.Errorf("%w: damaged, the checksum does not match", ErrFile)

// read gives a section to a reader and then compares the checksum: use must
// stand any bytes.
func (s *sections) read(i int, use func(r io.Reader) error) error {
	x := s.spans[i]
	r := &summed{r: io.NewSectionReader(s.r, x.at, x.size)}
	err := use(r)
	if _, e := io.Copy(io.Discard, r); e != nil {
		return fmt.Errorf("%w: %w", ErrFile, e)
	}
	if r.sum != x.sum {
		return errDamaged
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFile, err)
	}
	return nil
}

// part reads a gob.
func (s *sections) part(i int, p any) error {
	b := make([]byte, 0, min(s.spans[i].size, 1<<26))
	return s.read(i, func(r io.Reader) error {
		all := bytes.NewBuffer(b)
		if _, err := all.ReadFrom(r); err != nil {
			return err
		}
		return gob.NewDecoder(all).Decode(p)
	})
}

// summed sums what is read through it.
type summed struct {
	r   io.Reader
	sum uint32
}

func (s *summed) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	s.sum = crc32.Update(s.sum, castagnoli, b[:n])
	return n, err
}
