package importers

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"strings"
)

// csvSheet is a CSV file.
type csvSheet struct {
	text   *textFile
	comma  rune
	record int // most bytes of one record
}

func openCSV(in input, o Options) (Source, error) {
	text, err := newTextFile(in.ra, in.size, o.Encoding)
	if err != nil {
		return nil, fatal(in.name, CodeEncoding, "文字编码读不出来", "", err)
	}
	info := Info{File: in.name, Format: CSV, Encoding: text.charset.name}
	if text.note != "" {
		info.Notes = append(info.Notes, text.note)
	}
	s := &csvSheet{text: text, comma: o.Comma, record: o.Limits.MaxFeature}
	if s.comma == 0 {
		if s.comma, err = sniffComma(text.open()); err != nil {
			return nil, fatal(in.name, CodeUnreadable, "文件读不出来", "", err)
		}
		if s.comma != ',' {
			info.Notes = append(info.Notes, "分隔符是"+commaName(s.comma))
		}
	}
	t, err := openTable(s, info, o, in.close)
	if err != nil {
		return nil, err
	}
	return t, nil
}

func commaName(c rune) string {
	if c == '\t' {
		return "制表符"
	}
	return "“" + string(c) + "”"
}

// sniffComma takes the delimiter that stands most often, outside quotes, in
// the first lines; a comma when none does.
func sniffComma(r io.Reader) (rune, error) {
	const candidates = ",\t;|，"
	var counts [5]int
	br := bufio.NewReader(io.LimitReader(r, 64<<10))
	quoted, lines := false, 0
	for lines < headLines {
		c, _, err := br.ReadRune()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return 0, err
		}
		if c == '"' {
			quoted = !quoted
		}
		if quoted {
			continue
		}
		if c == '\n' {
			lines++
		}
		if i := strings.IndexRune(candidates, c); i >= 0 {
			counts[len([]rune(candidates[:i]))]++
		}
	}
	best := 0
	for i, n := range counts {
		if n > counts[best] {
			best = i
		}
	}
	return []rune(candidates)[best], nil
}

func (s *csvSheet) lines() iter.Seq2[sheetLine, error] {
	return func(yield func(sheetLine, error) bool) {
		guard := &recordGuard{r: s.text.open(), max: s.record}
		r := csv.NewReader(guard)
		r.Comma, r.FieldsPerRecord, r.ReuseRecord = s.comma, -1, true
		for {
			guard.used = 0
			cells, err := r.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			var syntax *csv.ParseError
			if errors.As(err, &syntax) {
				if !yield(sheetLine{row: syntax.StartLine}, syntax.Err) {
					return
				}
				continue
			}
			if err != nil {
				yield(sheetLine{}, fatal("", CodeUnreadable, "文件从这里读不下去", "", err))
				return
			}
			row, _ := r.FieldPos(0)
			if !yield(sheetLine{row, cells}, nil) {
				return
			}
		}
	}
}

// recordGuard fails when one record takes more than max bytes: a quote that is
// never closed must not pull the whole file into memory.
type recordGuard struct {
	r         io.Reader
	used, max int
}

func (g *recordGuard) Read(p []byte) (int, error) {
	n, err := g.r.Read(p)
	if g.used += n; g.used > g.max {
		return 0, tooBig("一行的字节数")
	}
	return n, err
}
