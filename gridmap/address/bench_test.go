package address

import "testing"

func BenchmarkMatchDoorPlates(b *testing.B) {
	es := plates(b)
	x := build(b, es)
	texts := make([]string, len(es))
	for i := range es {
		texts[i] = full(&es[i])
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		x.Match(texts[i%len(texts)], MatchOptions{})
	}
}

func BenchmarkSuggestNumbersOfARoad(b *testing.B) {
	x := build(b, plates(b))
	b.ReportAllocs()
	for b.Loop() {
		x.Suggest("公園路1", 10)
	}
}

func BenchmarkApplyOneChange(b *testing.B) {
	es := plates(b)
	x := build(b, es)
	e := es[17]
	e.Number = "999號"
	b.ReportAllocs()
	for b.Loop() {
		x.Apply([]Change{{Entry: e}})
	}
}
