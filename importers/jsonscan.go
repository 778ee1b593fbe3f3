package importers

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// jsonScanner walks a JSON text value by value without holding it: it knows
// just enough of the grammar to find where a value ends. Each value it cuts out
// goes to encoding/json, which is strict.
type jsonScanner struct {
	r        *bufio.Reader
	maxValue int // bytes of one cut-out value
	maxDepth int
	keep     bool // whether readValue keeps the bytes
	buf      []byte
}

func newJSONScanner(r io.Reader, l Limits) *jsonScanner {
	return &jsonScanner{r: bufio.NewReaderSize(r, 1<<16), maxValue: l.MaxFeature, maxDepth: l.MaxDepth}
}

var errJSON = errors.New("JSON 语法不对")

// peek returns the next byte that is not white space, without taking it. The
// record separator of RFC 8142 counts as white space.
func (s *jsonScanner) peek() (byte, error) {
	for {
		b, err := s.r.ReadByte()
		if err != nil {
			return 0, err
		}
		switch b {
		case ' ', '\t', '\n', '\r', 0x1e:
			continue
		}
		return b, s.r.UnreadByte()
	}
}

// take consumes the next non-space byte, which must be want.
func (s *jsonScanner) take(want byte) error {
	b, err := s.peek()
	if err != nil {
		return unexpectedEnd(err)
	}
	if b != want {
		return fmt.Errorf("%w：应为 %q 而见 %q", errJSON, want, b)
	}
	_, err = s.r.ReadByte()
	return err
}

// elements calls do before each element of the array or member of the object
// that comes next; do must consume it.
func (s *jsonScanner) elements(opening, closing byte, do func() error) error {
	if err := s.take(opening); err != nil {
		return err
	}
	b, err := s.peek()
	if err != nil {
		return unexpectedEnd(err)
	}
	if b == closing {
		return s.take(closing)
	}
	for {
		if err := do(); err != nil {
			return err
		}
		b, err := s.peek()
		if err != nil {
			return unexpectedEnd(err)
		}
		if b == closing {
			return s.take(closing)
		}
		if err := s.take(','); err != nil {
			return err
		}
	}
}

// members calls do for each member of the object that comes next; do must
// consume the value.
func (s *jsonScanner) members(do func(key string) error) error {
	return s.elements('{', '}', func() error {
		raw, err := s.value(true)
		if err != nil {
			return err
		}
		var key string
		if err := json.Unmarshal(raw, &key); err != nil {
			return fmt.Errorf("%w：名称应是字符串", errJSON)
		}
		if err := s.take(':'); err != nil {
			return err
		}
		return do(key)
	})
}

// value consumes the next value and, with keep, returns its bytes, which are
// good until the next call.
func (s *jsonScanner) value(keep bool) ([]byte, error) {
	b, err := s.peek()
	if err != nil {
		return nil, unexpectedEnd(err)
	}
	s.keep, s.buf = keep, s.buf[:0]
	switch b {
	case '"':
		err = s.str()
	case '{', '[':
		err = s.nested()
	default:
		err = s.scalar()
	}
	return s.buf, err
}

func (s *jsonScanner) next() (byte, error) {
	b, err := s.r.ReadByte()
	if err != nil {
		return 0, unexpectedEnd(err)
	}
	if s.keep {
		if len(s.buf) >= s.maxValue {
			return 0, tooBig("一个要素的字节数")
		}
		s.buf = append(s.buf, b)
	}
	return b, nil
}

func (s *jsonScanner) str() error {
	if _, err := s.next(); err != nil {
		return err
	}
	for {
		b, err := s.next()
		if err != nil {
			return err
		}
		switch b {
		case '"':
			return nil
		case '\\':
			if _, err := s.next(); err != nil {
				return err
			}
		}
	}
}

// nested consumes an object or array, brackets counted, strings skipped.
func (s *jsonScanner) nested() error {
	depth := 0
	for {
		b, err := s.r.ReadByte()
		if err != nil {
			return unexpectedEnd(err)
		}
		if b == '"' {
			if err := s.r.UnreadByte(); err != nil {
				return err
			}
			if err := s.str(); err != nil {
				return err
			}
			continue
		}
		if s.keep {
			if len(s.buf) >= s.maxValue {
				return tooBig("一个要素的字节数")
			}
			s.buf = append(s.buf, b)
		}
		switch b {
		case '{', '[':
			if depth++; depth > s.maxDepth {
				return tooBig("JSON 嵌套层数")
			}
		case '}', ']':
			if depth--; depth == 0 {
				return nil
			}
		}
	}
}

// scalar consumes a number, true, false or null.
func (s *jsonScanner) scalar() error {
	for n := 0; ; n++ {
		b, err := s.r.ReadByte()
		if errors.Is(err, io.EOF) && n > 0 {
			return nil
		}
		if err != nil {
			return unexpectedEnd(err)
		}
		ok := b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b == 'E' || b == '-' || b == '+' || b == '.'
		if !ok {
			if n == 0 {
				return fmt.Errorf("%w：不该有 %q", errJSON, b)
			}
			return s.r.UnreadByte()
		}
		if s.keep && len(s.buf) < 64 {
			s.buf = append(s.buf, b)
		}
	}
}

func unexpectedEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
