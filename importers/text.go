package importers

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// charset is a text encoding with the name it is told by.
type charset struct {
	name string
	enc  encoding.Encoding // nil for UTF-8, which needs no decoding
}

var (
	utf8Charset    = charset{name: "UTF-8"}
	gb18030Charset = charset{"GB18030", simplifiedchinese.GB18030}
)

// lookupCharset finds an encoding by any name in use: IANA names, code pages
// ("936", "cp936", "ANSI 936"), GBK and GB2312 (both read as GB18030, which
// holds them).
func lookupCharset(name string) (charset, error) {
	n := strings.ToLower(strings.TrimSpace(name))
	n = strings.NewReplacer("ansi", "", "oem", "", "windows-936", "936", "cp", "", "ms", "", " ", "").Replace(n)
	switch n {
	case "utf-8", "utf8", "65001":
		return utf8Charset, nil
	case "936", "gbk", "gb2312", "gb18030", "54936", "euc-cn":
		return gb18030Charset, nil
	case "950":
		n = "big5"
	case "932":
		n = "shift_jis"
	case "949":
		n = "euc-kr"
	case "1252", "88591", "iso88591", "iso-88591":
		n = "windows-1252"
	}
	enc, err := htmlindex.Get(n)
	if err != nil {
		return charset{}, &Error{Code: CodeEncoding, What: fmt.Sprintf("不认识的文字编码 %q", name), Do: "用 UTF-8、GB18030、Big5 等名称"}
	}
	canonical, err := htmlindex.Name(enc)
	if err != nil {
		canonical = n
	}
	return charset{strings.ToUpper(canonical), enc}, nil
}

// decode turns bytes into text. ok is false where bytes make no character.
func (c charset) decode(b []byte) (s string, ok bool) {
	if c.enc == nil {
		return string(b), utf8.Valid(b)
	}
	out, err := c.enc.NewDecoder().Bytes(b)
	if err != nil {
		return "", false
	}
	return string(out), !bytes.ContainsRune(out, utf8.RuneError)
}

func (c charset) reader(r io.Reader) io.Reader {
	if c.enc == nil {
		return r
	}
	return c.enc.NewDecoder().Reader(r)
}

// textTally counts what a stream would be under one encoding.
type textTally struct{ wide, bad int64 } // bytes outside ASCII; bytes that make no character

// plausible allows a few spoilt rows in an otherwise sound file.
func (t textTally) plausible() bool { return t.bad == 0 || t.bad*200 < t.wide }

func tallyUTF8(r io.Reader) (textTally, error) {
	var t textTally
	br := bufio.NewReaderSize(r, 1<<16)
	for {
		b, err := br.ReadByte()
		if errors.Is(err, io.EOF) {
			return t, nil
		}
		if err != nil {
			return t, err
		}
		if b < utf8.RuneSelf {
			continue
		}
		if err := br.UnreadByte(); err != nil {
			return t, err
		}
		ch, size, err := br.ReadRune()
		if err != nil {
			return t, err
		}
		t.wide += int64(size)
		if ch == utf8.RuneError && size == 1 {
			t.bad++
		}
	}
}

// detectCharset decides between UTF-8 and GB18030 by reading the whole stream:
// Chinese in GB18030 is practically never sound UTF-8. Neither: an Error that
// asks for the encoding.
func detectCharset(open func() (io.Reader, error)) (charset, textTally, error) {
	r, err := open()
	if err != nil {
		return charset{}, textTally{}, err
	}
	t, err := tallyUTF8(r)
	if err != nil || t.plausible() {
		return utf8Charset, t, err
	}
	if r, err = open(); err != nil {
		return charset{}, t, err
	}
	g, err := tallyUTF8(gb18030Charset.reader(r))
	if err != nil {
		return charset{}, t, err
	}
	// A decoder writes U+FFFD for what it cannot read; it is counted anew,
	// because it is sound UTF-8 by now.
	if r, err = open(); err != nil {
		return charset{}, t, err
	}
	if g.bad, err = countReplacements(gb18030Charset.reader(r)); err != nil {
		return charset{}, t, err
	}
	if g.plausible() {
		return gb18030Charset, g, nil
	}
	return charset{}, t, &Error{
		Code: CodeEncoding, Fatal: true,
		What: "文字既不是 UTF-8 也不是 GB18030", Do: "用 --encoding 说明编码，如 Big5",
	}
}

func countReplacements(r io.Reader) (n int64, err error) {
	br := bufio.NewReaderSize(r, 1<<16)
	for {
		ch, _, err := br.ReadRune()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		if ch == utf8.RuneError {
			n++
		}
	}
}

// textFile is a file of text in a known encoding.
type textFile struct {
	ra      io.ReaderAt
	size    int64
	skip    int64 // of a byte order mark
	charset charset
	note    string // how the encoding was found, "" when it needs no saying
}

// newTextFile finds the encoding: the declared one, a byte order mark, or
// detection over the whole file.
func newTextFile(ra io.ReaderAt, size int64, declared string) (*textFile, error) {
	t := &textFile{ra: ra, size: size}
	head := make([]byte, 3)
	n, err := ra.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	head = head[:n]
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		t.skip, t.charset = 3, utf8Charset
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		t.charset = charset{"UTF-16", unicode.UTF16(unicode.BigEndian, unicode.UseBOM)}
		t.note = "文件以 UTF-16 标记开头，按 UTF-16 读取"
	}
	if declared != "" {
		cs, err := lookupCharset(declared)
		if err != nil {
			return nil, err
		}
		if t.charset.name == "" || cs.name != t.charset.name {
			t.charset, t.note = cs, ""
		}
		return t, nil
	}
	if t.charset.name != "" {
		return t, nil
	}
	cs, tally, err := detectCharset(func() (io.Reader, error) { return io.NewSectionReader(ra, 0, size), nil })
	if err != nil {
		return nil, err
	}
	t.charset = cs
	if tally.wide > 0 && cs.enc != nil {
		t.note = "文件没有说明文字编码，检测为 " + cs.name
	}
	return t, nil
}

// open starts reading the text from its beginning, as UTF-8.
func (t *textFile) open() io.Reader {
	return t.charset.reader(io.NewSectionReader(t.ra, t.skip, t.size-t.skip))
}

// soundText tells whether decoding left nothing unreadable.
func soundText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsRune(s, utf8.RuneError)
}
