package gridmap

import "time"

// Seq numbers the change sets of a store: 1, 2, 3 … without a gap. It is the
// clock of what the system knew; 0 is before everything.
type Seq int64

// Span says when a version of something is true and since when the system has
// believed so. Valid time is half-open, [ValidFrom, ValidTo); a zero ValidFrom
// is "since ever", a zero ValidTo "until further notice". RecordedTo 0 means
// that it is still believed. Times are UTC with microseconds, the precision
// both stores keep.
type Span struct {
	ValidFrom, ValidTo       time.Time
	RecordedFrom, RecordedTo Seq
}

// ValidAt tells whether the version is true at t; a zero t asks for any time.
func (s Span) ValidAt(t time.Time) bool {
	return t.IsZero() || !t.Before(s.ValidFrom) && (s.ValidTo.IsZero() || t.Before(s.ValidTo))
}

// KnownAt tells whether the system believed the version right after change set
// k; a zero k asks about now.
func (s Span) KnownAt(k Seq) bool {
	if k == 0 {
		return s.RecordedTo == 0
	}
	return s.RecordedFrom <= k && (s.RecordedTo == 0 || k < s.RecordedTo)
}

// Overlaps tells whether the valid times share a moment.
func (s Span) Overlaps(o Span) bool {
	return (o.ValidTo.IsZero() || s.ValidFrom.Before(o.ValidTo)) &&
		(s.ValidTo.IsZero() || o.ValidFrom.Before(s.ValidTo))
}

// Cut returns what is left of the valid time of s once that of hole is taken
// out: no, one or two pieces, in order. Recorded times are left as they are.
func (s Span) Cut(hole Span) []Span {
	if !s.Overlaps(hole) {
		return []Span{s}
	}
	var rest []Span
	if s.ValidFrom.Before(hole.ValidFrom) {
		left := s
		left.ValidTo = hole.ValidFrom
		rest = append(rest, left)
	}
	if !hole.ValidTo.IsZero() && (s.ValidTo.IsZero() || hole.ValidTo.Before(s.ValidTo)) {
		right := s
		right.ValidFrom = hole.ValidTo
		rest = append(rest, right)
	}
	return rest
}

// Check complains about a valid time that holds no moment.
func (s Span) Check() error {
	if !s.ValidTo.IsZero() && !s.ValidFrom.Before(s.ValidTo) {
		return Errorf(Invalid, "有效期为空：起 %s 不早于止 %s (empty validity)",
			s.ValidFrom.Format(time.RFC3339), s.ValidTo.Format(time.RFC3339))
	}
	return nil
}
