package importers

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// dbfHeader is the head of a dBASE III–7 or FoxPro table.
type dbfHeader struct {
	rows     int
	size     int  // of the header, bytes
	record   int  // bytes of one record, the deletion mark included
	language byte // "language driver id": which code page, 0 when unsaid
	fields   []dbfField
}

type dbfField struct {
	raw      []byte // the name as it stands
	kind     byte
	at, size int // place within the record
	decimals int
}

func readDBFHeader(r io.Reader) (*dbfHeader, error) {
	b := make([]byte, 32)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, unexpectedEnd(err)
	}
	h := &dbfHeader{
		rows: int(binary.LittleEndian.Uint32(b[4:])), size: int(binary.LittleEndian.Uint16(b[8:])),
		record: int(binary.LittleEndian.Uint16(b[10:])), language: b[29],
	}
	if h.size < 33 || h.record < 1 {
		return nil, errors.New("表头长度不对")
	}
	rest := make([]byte, h.size-32)
	if _, err := io.ReadFull(r, rest); err != nil {
		return nil, unexpectedEnd(err)
	}
	at := 1
	for len(rest) >= 32 && rest[0] != 0x0d {
		d := rest[:32]
		rest = rest[32:]
		name := d[:11]
		for i, c := range name {
			if c == 0 {
				name = name[:i]
				break
			}
		}
		f := dbfField{raw: name, kind: d[11], at: at, size: int(d[16]), decimals: int(d[17])}
		if f.kind == 'C' { // long text keeps its high byte where decimals stand
			f.size += f.decimals << 8
			f.decimals = 0
		}
		if at += f.size; at > h.record {
			return nil, fmt.Errorf("字段 %q 超出记录长度", name)
		}
		h.fields = append(h.fields, f)
	}
	return h, nil
}

// describe names the fields; a repeated name gets a number so that no column
// hides another.
func (h *dbfHeader) describe(cs charset) []Field {
	names := make([]string, len(h.fields))
	for i, f := range h.fields {
		names[i], _ = cs.decode(f.raw)
	}
	names = uniqueNames(names)
	fields := make([]Field, len(h.fields))
	for i, f := range h.fields {
		fields[i] = Field{names[i], f.fieldType()}
	}
	return fields
}

func (f dbfField) fieldType() FieldType {
	switch f.kind {
	case 'N', 'F':
		if f.decimals == 0 && f.size < 19 {
			return Integer
		}
		return Real
	case 'I', '+':
		return Integer
	case 'O', 'B', 'Y':
		return Real
	case 'L':
		return Boolean
	case 'D':
		return Date
	}
	return Text
}

// dbfReader yields record after record.
type dbfReader struct {
	r       *bufio.Reader
	h       *dbfHeader
	charset charset
	fields  []Field
	row     int
	buf     []byte
}

func newDBFReader(r io.Reader, h *dbfHeader, cs charset, fields []Field) (*dbfReader, error) {
	br := bufio.NewReaderSize(r, 1<<16)
	if _, err := br.Discard(h.size); err != nil {
		return nil, unexpectedEnd(err)
	}
	return &dbfReader{r: br, h: h, charset: cs, fields: fields, buf: make([]byte, h.record)}, nil
}

// next returns a row; deleted tells that it is marked as deleted. io.EOF after
// the last. Any other error is about this row alone.
func (d *dbfReader) next() (props Props, deleted bool, err error) {
	if d.row >= d.h.rows {
		return nil, false, io.EOF
	}
	d.row++
	if _, err := io.ReadFull(d.r, d.buf); err != nil {
		d.row = d.h.rows
		return nil, false, io.EOF
	}
	if d.buf[0] == '*' {
		return nil, true, nil
	}
	props = make(Props, len(d.h.fields))
	for i, f := range d.h.fields {
		v, err := f.value(d.buf[f.at:f.at+f.size], d.charset)
		if err != nil {
			return nil, false, fmt.Errorf("字段 %s: %w", d.fields[i].Name, err)
		}
		props[i] = Prop{d.fields[i].Name, v}
	}
	return props, false, nil
}

func (f dbfField) value(b []byte, cs charset) (any, error) {
	switch f.kind {
	case 'I', '+':
		if len(b) != 4 {
			return nil, errDBFField
		}
		return int64(int32(binary.LittleEndian.Uint32(b))), nil
	case 'O', 'B':
		if len(b) != 8 {
			return nil, errDBFField
		}
		return finite(math.Float64frombits(binary.LittleEndian.Uint64(b))), nil
	case 'Y': // currency: ten-thousandths
		if len(b) != 8 {
			return nil, errDBFField
		}
		return float64(int64(binary.LittleEndian.Uint64(b))) / 1e4, nil
	case 'M', 'G', 'P', 'W', 'T', '@', '0': // memo, picture, stamp: kept elsewhere or not needed
		return nil, nil
	}
	s, ok := cs.decode(trimPad(b, cs))
	if !ok {
		return nil, fmt.Errorf("有 %s 读不出的文字", cs.name)
	}
	switch f.kind {
	case 'N', 'F':
		return dbfNumber(strings.TrimSpace(s))
	case 'L':
		switch strings.ToUpper(strings.TrimSpace(s)) {
		case "T", "Y":
			return true, nil
		case "F", "N":
			return false, nil
		}
		return nil, nil
	case 'D':
		if s = strings.TrimSpace(s); len(s) == 8 && s != "00000000" {
			return s[:4] + "-" + s[4:6] + "-" + s[6:], nil
		}
		return nil, nil
	}
	if s == "" {
		return nil, nil
	}
	return s, nil
}

var errDBFField = errors.New("字段长度不对")

// dbfNumber reads digits; blanks and stars (overflow) are empty.
func dbfNumber(s string) (any, error) {
	if s == "" || strings.Trim(s, "*") == "" {
		return nil, nil
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, nil
	}
	v, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", "."), 64)
	if err != nil {
		return nil, fmt.Errorf("%.20q 不是数字", s)
	}
	return finite(v), nil
}

func finite(v float64) any {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return v
}

// trimPad takes the padding off, and the first bytes of a character that the
// field was too short for.
func trimPad(b []byte, cs charset) []byte {
	full := len(b) > 0 && b[len(b)-1] != ' ' && b[len(b)-1] != 0
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == 0) {
		b = b[:len(b)-1]
	}
	for len(b) > 0 && b[0] == ' ' {
		b = b[1:]
	}
	if !full {
		return b
	}
	for cut := 0; cut < utf8.UTFMax && cut < len(b); cut++ {
		if _, ok := cs.decode(b[:len(b)-cut]); ok {
			return b[:len(b)-cut]
		}
	}
	return b
}
