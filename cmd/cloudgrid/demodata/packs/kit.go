package packs

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"cloudgrid/gridmap"
)

// kit gathers a map in memory.
type kit struct {
	first, next int64

	settings gridmap.Settings
	networks []gridmap.Network
	levels   []gridmap.Level
	roles    []gridmap.Role
	profiles []gridmap.SizingProfile
	grids    []gridmap.Grid
	atoms    []gridmap.Atom
	members  []gridmap.Membership
	persons  []gridmap.Person
	posts    []gridmap.Post
	places   []gridmap.Place
	records  []gridmap.Record

	hired map[string]int // by title
}

func newKit(first int64) *kit { return &kit{first: first, next: first, hired: map[string]int{}} }

func (k *kit) id() int64 { k.next++; return k.next - 1 }

// about says what the map is, and that none of it is real.
func (k *kit) about(title, published string) {
	k.settings = gridmap.Settings{
		Title:       title + "（示例）",
		SourceLine:  "网格、人员、事项的数量取自公开报道（" + published + "）；地块、边界、名称、地址、电话全部虚构",
		MapReviewNo: "示例数据，无审图号",
		DataDate:    time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
		Hotline:     "12345",
		SignBase:    "https://sign.example.invalid/q/",
	}
}

// rolesOf are the roles in the order in which to call them.
func (k *kit) rolesOf(codeAndName ...string) {
	for i := 0; i+1 < len(codeAndName); i += 2 {
		k.roles = append(k.roles, gridmap.Role{Code: codeAndName[i], Name: codeAndName[i+1], Order: len(k.roles) + 1})
	}
}

// net adds a network with its levels, code and name by turns; the first network
// is the main one.
func (k *kit) net(code, name string, levels ...string) gridmap.NetworkID {
	id := gridmap.NetworkID(k.id())
	k.networks = append(k.networks, gridmap.Network{ID: id, Code: code, Name: name, Main: len(k.networks) == 0})
	for i := 0; i+1 < len(levels); i += 2 {
		k.levels = append(k.levels, gridmap.Level{Network: id, Rank: i / 2, Code: levels[i], Name: levels[i+1]})
	}
	return id
}

// grid adds a grid below another (nil: at the top) and returns it for more to be
// said of it; the pointer holds until the next grid.
func (k *kit) grid(n gridmap.NetworkID, up gridmap.GridID, level int, code, name string, attrs ...string) gridmap.GridID {
	g := gridmap.Grid{ID: gridmap.GridID(k.id()), Network: n, Level: level, Parent: up, Code: code, Name: name, Type: gridmap.General}
	for i := 0; i+1 < len(attrs); i += 2 {
		if g.Attrs == nil {
			g.Attrs = map[string]string{}
		}
		g.Attrs[attrs[i]] = attrs[i+1]
	}
	k.grids = append(k.grids, g)
	return g.ID
}

// hire adds a person, called by the title and a number, with a phone that no
// network has.
func (k *kit) hire(title string) gridmap.PersonID {
	k.hired[title]++
	name := fmt.Sprintf("%s-%04d", title, k.hired[title])
	p := gridmap.Person{ID: gridmap.PersonID(k.id()), Code: name, Name: name, Phone: fmt.Sprintf("000-%04d-%04d", len(k.persons)/10000, len(k.persons)%10000)}
	k.persons = append(k.persons, p)
	return p.ID
}

// hireAt is hire with a line of the office instead of a phone of one's own.
func (k *kit) hireAt(title string) gridmap.PersonID {
	id := k.hire(title)
	p := &k.persons[len(k.persons)-1]
	p.OfficePhone, p.Phone = line(len(k.persons)), ""
	return id
}

// line is an office line that no network has.
func line(n int) string { return fmt.Sprintf("000-%06d", n) }

func (k *kit) post(g gridmap.GridID, role string, who gridmap.PersonID, rank int, e gridmap.Employment) {
	k.posts = append(k.posts, gridmap.Post{ID: gridmap.PostID(k.id()), Grid: g, Role: role, Person: who, Rank: rank, Employment: e})
}

// record adds a record about r's grid, person and place.
func (k *kit) record(kind gridmap.RecordKind, key string, r gridmap.Record, body any) gridmap.RecordID {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // the bodies are ours
	}
	r.ID, r.Kind, r.Key, r.Body = gridmap.RecordID(k.id()), kind, key, text
	k.records = append(k.records, r)
	return r.ID
}

// put writes everything.
func (k *kit) put(ctx context.Context, w gridmap.Writer) error {
	if k.next-k.first > maxThings {
		return gridmap.Errorf(gridmap.Internal, "示例数据包有 %d 个编号，超过 %d (too many things)", k.next-k.first, maxThings)
	}
	if err := k.putFrame(ctx, w); err != nil {
		return err
	}
	for _, step := range []func() error{
		func() error { return w.PutGrids(ctx, k.grids...) },
		func() error { return w.PutAtoms(ctx, k.atoms...) },
		func() error { return w.PutMemberships(ctx, k.members...) },
		func() error { return w.PutPersons(ctx, k.persons...) },
		func() error { return w.PutPosts(ctx, k.posts...) },
		func() error { return w.PutPlaces(ctx, k.places...) },
		func() error { return w.PutRecords(ctx, k.records...) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// putFrame writes settings, networks, levels, roles and profiles.
func (k *kit) putFrame(ctx context.Context, w gridmap.Writer) error {
	if err := w.PutSettings(ctx, k.settings); err != nil {
		return err
	}
	for _, n := range k.networks {
		if err := w.PutNetwork(ctx, n); err != nil {
			return err
		}
		var levels []gridmap.Level
		for _, l := range k.levels {
			if l.Network == n.ID {
				levels = append(levels, l)
			}
		}
		if err := w.PutLevels(ctx, n.ID, levels); err != nil {
			return err
		}
	}
	for _, r := range k.roles {
		if err := w.PutRole(ctx, r); err != nil {
			return err
		}
	}
	for _, p := range k.profiles {
		if err := w.PutProfile(ctx, p); err != nil {
			return err
		}
	}
	return nil
}
