package importers

import (
	"errors"
	"fmt"
	"strings"
)

// The codes of an Error, for programs.
const (
	CodeUnreadable = "unreadable"  // the file cannot be opened or is not what it says
	CodeTruncated  = "truncated"   // the file ends too early
	CodeTooBig     = "too_big"     // a limit was passed
	CodeChoose     = "choose"      // several layers: Choices lists them
	CodeEncoding   = "encoding"    // bytes that are not text in the encoding
	CodeGeometry   = "geometry"    // a shape that cannot be read
	CodeValue      = "value"       // a cell that cannot be read
	CodeUnknownFmt = "unknown_fmt" // no format fits
)

// Error is one problem with a file, said so that the sender of the file can
// mend it.
type Error struct {
	File    string
	Row     int // as Feature.Row; 0 when the whole file is meant
	Code    string
	What    string   // what is wrong, in Chinese
	Do      string   // what to do about it, in Chinese; may be ""
	Choices []string // with CodeChoose
	Fatal   bool     // nothing can be read after this
	Err     error    // the cause, if another error is
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Row > 0 {
		fmt.Fprintf(&b, " 第 %d 行", e.Row)
	}
	if b.Len() > 0 {
		b.WriteString("：")
	}
	b.WriteString(e.What)
	if e.Err != nil {
		fmt.Fprintf(&b, "（%v）", e.Err)
	}
	if e.Do != "" {
		b.WriteString("；请" + e.Do)
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// fatal makes an Error that ends the reading.
func fatal(file, code, what, do string, cause error) *Error {
	var inner *Error
	if errors.As(cause, &inner) { // a limit or text error from deeper down says it better
		e := *inner
		e.File, e.Fatal = file, true
		return &e
	}
	return &Error{File: file, Code: code, What: what, Do: do, Err: cause, Fatal: true}
}

// isFatal tells an error that ends the reading from one about a row.
func isFatal(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Fatal
}

// rowError makes an Error about one row.
func rowError(file string, row int, code, what, do string, cause error) *Error {
	return &Error{File: file, Row: row, Code: code, What: what, Do: do, Err: cause}
}

// geometryError makes the Error of a shape that cannot be read.
func geometryError(file string, row int, cause error) *Error {
	return rowError(file, row, CodeGeometry, "图形读不出来", "检查这一行的图形，或重新导出", cause)
}

// guarded runs third-party code over a stranger's bytes and turns a panic in it
// into an error: one bad upload must not end the server.
func guarded(do func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("读取时出错: %v", r)
		}
	}()
	return do()
}
