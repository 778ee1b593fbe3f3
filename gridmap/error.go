package gridmap

import (
	"errors"
	"fmt"

	"cloudgrid/spatial"
)

// Code says what kind of thing went wrong, for callers that must act on it.
type Code string

// The few codes there are. HTTP maps each to one status, the command line to
// an exit code.
const (
	Invalid     Code = "invalid"     // the input breaks a rule; the caller can mend it
	Conflict    Code = "conflict"    // somebody else changed it meanwhile, or it exists already
	NotFound    Code = "not_found"   // there is no such thing
	Forbidden   Code = "forbidden"   // the actor may not
	Unavailable Code = "unavailable" // the store cannot be reached now; try again
	Full        Code = "full"        // the store has no room for it; nothing was changed; try again once it has
	Busy        Code = "busy"        // too much of this is asked for at a time; try again
	Elsewhere   Code = "elsewhere"   // another server answers for it: out of this one's scope
	Internal    Code = "internal"    // a fault of ours
)

// Error is the one error type that reaches people. Message is for a planner,
// Chinese first ("网格 A-12 与 A-13 重叠 37 m²"); At, where known, is the place to
// zoom to; Err is the cause, for logs and errors.Is, and is not printed.
type Error struct {
	Code    Code
	Message string
	At      *spatial.Point
	Err     error
}

func (e *Error) Error() string {
	if e.At != nil {
		return fmt.Sprintf("%s (位置 at %s)", e.Message, e.At)
	}
	return e.Message
}

func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error; a %w in the format prints its cause and keeps it
// reachable.
func Errorf(code Code, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Code: code, Message: err.Error(), Err: errors.Unwrap(err)}
}

// CodeOf returns the code of the first Error in err's chain, Internal for any
// other error, and "" for nil.
func CodeOf(err error) Code {
	var e *Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.Code
	}
	return Internal
}
