package importers

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// dbfLanguages maps the language byte of a .dbf to a code page. 0x57 is "the
// code page of this Windows" and says nothing.
var dbfLanguages = map[byte]string{
	0x4d: "GB18030", 0x7a: "GB18030",
	0x4f: "Big5", 0x78: "Big5",
	0x13: "Shift_JIS", 0x7b: "Shift_JIS",
	0x4e: "EUC-KR", 0x79: "EUC-KR",
	0x03: "windows-1252", 0x59: "windows-1252",
}

// dbfCharset settles the encoding of a table: what the caller declared, the
// .cpg, the language byte, or detection — and says which in the note whenever
// it was not declared by the caller. A .cpg or language byte that the text
// itself disproves gives way to detection.
func dbfCharset(h *dbfHeader, records io.Reader, declared, cpg string) (cs charset, note string, err error) {
	if declared != "" {
		cs, err = lookupCharset(declared)
		return cs, "", err
	}
	sample, err := sampleText(h, records)
	if err != nil {
		return cs, "", err
	}
	said, by := cpg, ".cpg"
	if said == "" {
		said, by = dbfLanguages[h.language], fmt.Sprintf("dbf 语言字节 0x%02X", h.language)
	}
	if said != "" {
		cs, err := lookupCharset(said)
		if err == nil && sample.fits(cs) && (by == ".cpg" || !sample.looksUTF8()) {
			return cs, fmt.Sprintf("属性编码 %s（%s）", cs.name, by), nil
		}
		note = fmt.Sprintf("%s 说编码是 %s，但文字不符；", by, said)
	}
	switch {
	case !sample.wide:
		return utf8Charset, "", nil
	case sample.fits(utf8Charset):
		return utf8Charset, note + "属性编码检测为 UTF-8", nil
	case sample.fits(gb18030Charset):
		return gb18030Charset, note + "属性编码检测为 GB18030（GBK）", nil
	}
	return cs, "", &Error{Code: CodeEncoding, What: "属性既不是 UTF-8 也不是 GB18030", Do: "用 --encoding 说明编码，如 Big5"}
}

// dbfSample is text out of the table that is not plain ASCII.
type dbfSample struct {
	texts [][]byte
	wide  bool
}

const dbfSampleTexts = 5000

func sampleText(h *dbfHeader, records io.Reader) (dbfSample, error) {
	var s dbfSample
	for _, f := range h.fields {
		s.add(f.raw)
	}
	r := bufio.NewReader(records)
	buf := make([]byte, h.record)
	for range h.rows {
		if _, err := io.ReadFull(r, buf); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		} else if err != nil {
			return s, err
		}
		for _, f := range h.fields {
			if f.kind == 'C' {
				s.add(buf[f.at : f.at+f.size])
			}
		}
		if len(s.texts) >= dbfSampleTexts {
			break
		}
	}
	return s, nil
}

func (s *dbfSample) add(b []byte) {
	if isASCII(b) {
		return
	}
	s.wide = true
	s.texts = append(s.texts, append([]byte(nil), b...))
}

// fits tells whether nearly all of the sample reads in the encoding; a few
// spoilt cells are the row's problem, not the file's.
func (s *dbfSample) fits(cs charset) bool {
	bad := 0
	for _, t := range s.texts {
		if _, ok := cs.decode(trimPad(t, cs)); !ok {
			bad++
		}
	}
	return bad*20 <= len(s.texts)
}

// looksUTF8 tells whether the sample is wide text in sound UTF-8, which other
// Chinese encodings practically never are over more than a few words.
func (s *dbfSample) looksUTF8() bool { return len(s.texts) >= 3 && s.fits(utf8Charset) }

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// uniqueNames numbers repeated names and names empty ones by their column.
func uniqueNames(names []string) []string {
	seen := map[string]bool{}
	out := make([]string, len(names))
	for i, n := range names {
		n = strings.TrimSpace(n)
		if n == "" {
			n = fmt.Sprintf("列%d", i+1)
		}
		unique := n
		for k := 2; seen[unique]; k++ {
			unique = fmt.Sprintf("%s_%d", n, k)
		}
		seen[unique] = true
		out[i] = unique
	}
	return out
}
