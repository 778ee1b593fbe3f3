package address

import (
	"cmp"
	"slices"
	"strings"
)

// suggestOrder holds the names sorted by text, by sound and by initials.
type suggestOrder struct {
	byText, bySound, byInitial []int32
}

// maxScanned bounds the names looked at for one short prefix.
const maxScanned = 4096

func newSuggestOrder(x *Index) *suggestOrder {
	var o suggestOrder
	for id := range int32(x.names.len()) {
		if n := x.names.at(id); n.kind&^kindGrid != 0 {
			o.byText = append(o.byText, id)
		}
	}
	o.byText = slices.Clip(o.byText)
	t := chars()
	o.bySound = sortedBy(o.byText, func(id int32) string { return t.letters(x.names.at(id).text, false) })
	o.byInitial = sortedBy(o.byText, func(id int32) string { return t.letters(x.names.at(id).text, true) })
	slices.SortFunc(o.byText, func(a, b int32) int {
		return cmp.Or(strings.Compare(x.names.at(a).text, x.names.at(b).text), cmp.Compare(a, b))
	})
	return &o
}

// sortedBy returns ids sorted by a key that is computed once for each.
func sortedBy(ids []int32, key func(int32) string) []int32 {
	type pair struct {
		key string
		id  int32
	}
	ps := make([]pair, len(ids))
	for i, id := range ids {
		ps[i] = pair{key(id), id}
	}
	slices.SortFunc(ps, func(a, b pair) int { return cmp.Or(strings.Compare(a.key, b.key), cmp.Compare(a.id, b.id)) })
	out := make([]int32, len(ids))
	for i := range ps {
		out[i] = ps[i].id
	}
	return out
}

// letters writes the full pinyin of a name, or the first letters.
func (t *charTables) letters(s string, initials bool) string {
	b := make([]byte, 0, 2*len(s))
	for _, r := range s {
		id := t.syllable(r)
		switch {
		case id == 0 && r < 0x80:
			b = append(b, strings.ToLower(string(r))...)
		case id == 0:
		case initials:
			b = append(b, t.names[id-1][0])
		default:
			b = append(b, t.names[id-1]...)
		}
	}
	return string(b)
}
