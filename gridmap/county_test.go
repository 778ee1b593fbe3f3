package gridmap

import "testing"

func TestACodeNamesItsCountyAndACityNone(t *testing.T) {
	for code, want := range map[string]County{
		"": 0, "31010": 0, "310101": 310101, "310101002003": 310101, "31010100200304": 310101, "310101-07": 310101,
		"310000": 0, "310100": 0, "310100000000": 0, "441900": 0, "441900000000": 0, "441900003": 441900, "441900003001": 441900,
		"000101": 0, "990101": 0, "A-1234": 0, "12a456": 0, "３１０１０１": 0, "44190000x": 0,
	} {
		if got := CountyOf(code); got != want {
			t.Errorf("%q: %d, want %d", code, got, want)
		}
	}
}

func TestAScopeIsReadWithPrefixesAndWrittenBack(t *testing.T) {
	for text, want := range map[string]string{
		"": "", " ": "", "310101": "310101", "310109, 310101": "310101,310109", "3101": "3101", "31,310101": "31",
		"310101,310102": "310101,310102", "32,31": "31,32", "3101,310200": "3101,310200",
	} {
		s, err := ParseScope(text)
		if err != nil || s.String() != want {
			t.Errorf("%q: %q, %v", text, s, err)
		}
	}
	for _, bad := range []string{"3", "310", "31010", "3101011", "3101a1", "310101,", "010101", "-31010", "+31010"} {
		if _, err := ParseScope(bad); CodeOf(err) != Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestAScopeHoldsItsCountiesAndWhatStandsAbove(t *testing.T) {
	s, err := ParseScope("310101,33,3204")
	if err != nil {
		t.Fatal(err)
	}
	for c, want := range map[County]bool{0: true, 310101: true, 310102: false, 330106: true, 320401: true, 320501: false} {
		if s.Holds(c) != want {
			t.Errorf("%d", c)
		}
	}
	if !(Scope{}).Holds(310102) {
		t.Error("everything does not hold a county")
	}
}

func FuzzParseScope(f *testing.F) {
	for _, text := range []string{"", "310101", "3101,32", "31,31", "310101,310102,3102", "9,", "99999999999"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseScope(text)
		if err != nil {
			if CodeOf(err) != Invalid {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		again, err := ParseScope(s.String())
		if err != nil || again.String() != s.String() || len(again) != len(s) {
			t.Errorf("%q: %v, then %v, %v", text, s, again, err)
		}
	})
}
