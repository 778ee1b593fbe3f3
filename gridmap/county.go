package gridmap

import (
	"slices"
	"strconv"
	"strings"
)

// County is the six-digit administrative code of a county (区县, 310101). It
// says where a row lies, so that a server may read only the counties it serves;
// it is no part of what the row says. 0 is what stands above counties, concerns
// several, or belongs to none: every server reads that.
type County int32

// CountyOf returns the county that an administrative code, or a code that
// begins with one, names: 310101, 310101002003, 310101-07. The code of a
// province or a city names none (310000, 310100, 310100000000), but a town
// straight below a city without counties lies in the city (441900003).
func CountyOf(code string) County {
	if len(code) < 6 {
		return 0
	}
	n := 0
	for i := range 6 {
		d := code[i]
		if d < '0' || d > '9' {
			return 0
		}
		n = 10*n + int(d-'0')
	}
	province, city, county := n/10000, n/100%100, n%100
	switch {
	case province < 11 || province > 82 || city == 0:
		return 0
	case county == 0 && !namesTown(code):
		return 0
	}
	return County(n)
}

// namesTown tells whether the digits after the sixth name a town.
func namesTown(code string) bool {
	if len(code) < 9 || code[6:9] == "000" {
		return false
	}
	return strings.Trim(code[6:9], "0123456789") == ""
}

// Counties is a range of counties, both ends included.
type Counties struct{ First, Last County }

// Scope is what a server serves; empty is everything.
type Scope []Counties

// ParseScope reads a list of six-digit counties and of shorter prefixes, four
// digits for a city and two for a province: "310101,310109" or "3101,32".
// An empty text is everything. The result is sorted and does not overlap.
func ParseScope(text string) (Scope, error) {
	var s Scope
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		n, err := strconv.ParseUint(part, 10, 31)
		first := County(n)
		width := map[int]County{2: 10000, 4: 100, 6: 1}[len(part)]
		if err != nil || width == 0 || part[0] == '0' {
			return nil, Errorf(Invalid, "范围 %q 应为 6 位区县代码，或 4 位市、2 位省代码，以逗号分隔，如 310101,310109 (a scope is county codes of 6 digits, or prefixes of 4 or 2, with commas between)", part)
		}
		s = append(s, Counties{first * width, first*width + width - 1})
	}
	slices.SortFunc(s, func(a, b Counties) int { return int(a.First - b.First) })
	return s.joined(), nil
}

// joined joins ranges that overlap or touch; s is sorted.
func (s Scope) joined() Scope {
	out := s[:1]
	for _, c := range s[1:] {
		if last := &out[len(out)-1]; c.First <= last.Last+1 {
			last.Last = max(last.Last, c.Last)
			continue
		}
		out = append(out, c)
	}
	return out
}

// Whole tells whether the scope is everything.
func (s Scope) Whole() bool { return len(s) == 0 }

// Holds tells whether a server of this scope reads what lies in c.
func (s Scope) Holds(c County) bool {
	return c == 0 || s.Whole() || slices.ContainsFunc(s, func(r Counties) bool { return r.First <= c && c <= r.Last })
}

// String writes the scope as ParseScope reads it.
func (s Scope) String() string {
	var parts []string
	for _, r := range s {
		for at := r.First; at <= r.Last; {
			switch {
			case at%10000 == 0 && at+9999 <= r.Last:
				parts, at = append(parts, strconv.Itoa(int(at/10000))), at+10000
			case at%100 == 0 && at+99 <= r.Last:
				parts, at = append(parts, strconv.Itoa(int(at/100))), at+100
			default:
				parts, at = append(parts, strconv.Itoa(int(at))), at+1
			}
		}
	}
	return strings.Join(parts, ",")
}
