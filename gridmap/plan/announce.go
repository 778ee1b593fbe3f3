package plan

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"cloudgrid/gridmap"
)

// How long a plan is shown to the public.
const (
	// DefaultNotice is how long when nobody says: seven days, as offices do.
	DefaultNotice = 7 * 24 * time.Hour
	longestNotice = 366 * 24 * time.Hour
)

// PublicActor is who wrote what came in from the public.
const PublicActor = "public"

// Announcement is a plan that is shown to the public (公示).
type Announcement struct {
	Plan  gridmap.Plan
	From  time.Time
	Note  string   // what the office says beside it
	Moved []string // how its end was moved since, in words for everybody, the oldest first
	Board *Board   // nil in a list
}

// Open tells whether the public may say something about it at now.
func (a Announcement) Open(now time.Time) bool {
	return a.Plan.NoticeUntil.IsZero() || now.Before(a.Plan.NoticeUntil)
}

// noticeUntil is when a notice that begins now ends.
func noticeUntil(now time.Time, asked *time.Time) (time.Time, error) {
	if asked == nil {
		return now.Add(DefaultNotice), nil
	}
	until := asked.UTC().Truncate(time.Microsecond)
	switch {
	case !until.After(now):
		return until, gridmap.Errorf(gridmap.Invalid, "公示截止时间 %s 已过，请改为以后的日期 (the notice would be over already)", local(until))
	case until.After(now.Add(longestNotice)):
		return until, gridmap.Errorf(gridmap.Invalid, "公示截止时间 %s 在一年以后，请核对 (a notice lasts a year at most)", local(until))
	}
	return until, nil
}

// prolonged moves the end of a notice, and says so in words that everybody may
// read. What people were told is not taken back unsaid: to end it earlier wants
// a reason.
func (dr *draft) prolonged(s Step) (until time.Time, words string, err error) {
	was, now := dr.plan.NoticeUntil, dr.desk.now()
	if s.Until == nil {
		return was, "", gridmap.Errorf(gridmap.Invalid, "请写明公示延长到哪一天 (say until when)")
	}
	until, err = noticeUntil(now, s.Until)
	switch {
	case err != nil:
		return was, "", err
	case until.Equal(was):
		return was, "", gridmap.Errorf(gridmap.Invalid, "公示本来就到 %s，没有改变 (the notice ends then already)", lastDay(was))
	case until.Before(was) && s.Note == "":
		return was, "", gridmap.Errorf(gridmap.Invalid, "公示已告知公众到 %s，要提前结束须写明理由 (to end a notice before what was announced needs a reason)", lastDay(was))
	}
	words = "公示原定至" + lastDay(was) + "，延长至" + lastDay(until)
	if until.Before(was) {
		words = "公示原定至" + lastDay(was) + "，改为" + lastDay(until)
	}
	if s.Note != "" {
		words += "：" + s.Note
	}
	return until, words, nil
}

// lastDay is the last day of a notice that ends at midnight, else the moment.
func lastDay(until time.Time) string {
	t := until.In(gridmap.CivilZone())
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
		return t.Add(-time.Second).Format("2006年1月2日")
	}
	return t.Format("2006年1月2日 15:04")
}

// ranOut refuses to publish while the public may still speak, unless it is
// said why.
func (dr *draft) ranOut(s Step) error {
	p := dr.plan
	if p.State == gridmap.PlanAnnounced && dr.desk.now().Before(p.NoticeUntil) && s.Note == "" {
		return gridmap.Errorf(gridmap.Invalid, "方案「%s」公示到 %s，尚未期满：提前发布须写明理由 (the public notice has not run out; say why it is published before)", p.Name, local(p.NoticeUntil))
	}
	return nil
}

// Announcements lists the plans that are shown to the public, the last that
// was announced first. Anybody may see them.
func (d *Desk) Announcements(ctx context.Context) ([]Announcement, error) {
	all, err := d.cfg.Plans.ListPlans(ctx)
	if err != nil {
		return nil, err
	}
	var out []Announcement
	for _, p := range all {
		if p.State != gridmap.PlanAnnounced {
			continue
		}
		a, err := d.announcement(ctx, p)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	slices.SortStableFunc(out, func(x, y Announcement) int { return y.From.Compare(x.From) })
	return out, nil
}

// Announcement returns a plan that is shown to the public, to anybody;
// NotFound, in the same words, for every other.
func (d *Desk) Announcement(ctx context.Context, id gridmap.PlanID) (Announcement, error) {
	dr, err := d.announced(ctx, id)
	if err != nil {
		return Announcement{}, err
	}
	defer dr.mu.Unlock()
	a, err := d.announcement(ctx, dr.plan)
	if err == nil {
		a.Board, err = dr.board(ctx)
	}
	return a, err
}

// announced returns a plan that is shown to the public, locked; the caller
// unlocks it.
func (d *Desk) announced(ctx context.Context, id gridmap.PlanID) (*draft, error) {
	p, err := d.cfg.Plans.Plan(ctx, id)
	switch {
	case gridmap.CodeOf(err) == gridmap.NotFound || err == nil && p.State != gridmap.PlanAnnounced:
		return nil, gridmap.Errorf(gridmap.NotFound, "没有这份公示，或公示已经结束 (no such notice)")
	case err != nil:
		return nil, err
	}
	dr, err := d.draft(ctx, id)
	if err != nil {
		return nil, err
	}
	if err = dr.latest(ctx); err == nil && dr.plan.State != gridmap.PlanAnnounced {
		err = gridmap.Errorf(gridmap.NotFound, "没有这份公示，或公示已经结束 (no such notice)")
	}
	if err != nil {
		dr.mu.Unlock()
		return nil, err
	}
	return dr, nil
}

func (d *Desk) announcement(ctx context.Context, p gridmap.Plan) (Announcement, error) {
	a := Announcement{Plan: p, From: p.ChangedAt}
	events, err := d.cfg.Plans.PlanEvents(ctx, p.ID)
	for _, e := range events {
		switch e.Action {
		case ActAnnounce:
			a.From, a.Note, a.Moved = e.At, e.Note, nil
		case ActProlong:
			a.Moved = append(a.Moved, e.Note)
		}
	}
	return a, err
}

// PlaceMark begins the first line of an opinion that says what place it is about.
const PlaceMark = "【地点】"

// Opinion is what somebody of the public says about an announced plan.
type Opinion struct {
	Key     string // the sender's: sent twice it counts once
	Text    string
	Grid    gridmap.GridID // that it is about; 0 is none
	Contact string         // how to reach the sender: personal data, "" is none
}

// Bounds of what the public sends.
const (
	MaxOpinionRunes = 1000
	MaxContactRunes = 100
	maxOpinions     = 3000 // about one plan: more is a flood, not a public
)

// Opine keeps what somebody of the public says: NotFound when the plan is not
// announced, Conflict when its notice has run out. How to reach the sender is
// kept apart, with what is private.
func (d *Desk) Opine(ctx context.Context, id gridmap.PlanID, o Opinion) (gridmap.PlanComment, error) {
	dr, err := d.announced(ctx, id)
	if err != nil {
		return gridmap.PlanComment{}, err
	}
	defer dr.mu.Unlock()
	c := gridmap.PlanComment{Plan: id, Key: o.Key, At: d.now(), Actor: PublicActor, Text: strings.TrimSpace(o.Text), Grid: o.Grid, Public: true}
	if err := dr.hears(ctx, c, o); err != nil {
		return c, err
	}
	c, fresh, err := d.put(ctx, c)
	if err != nil || !fresh {
		return c, err
	}
	d.audit(ctx, PublicActor, "plan-opinion", dr.plan, commentNumber(c.ID))
	dr.tellComment(c)
	return c, d.putContact(ctx, c, o.Contact)
}

// hears refuses what is not to be kept.
func (dr *draft) hears(ctx context.Context, c gridmap.PlanComment, o Opinion) error {
	switch {
	case !(Announcement{Plan: dr.plan}).Open(dr.desk.now()):
		return gridmap.Errorf(gridmap.Conflict, "公示已于 %s 截止，不再收集意见 (the notice has run out)", local(dr.plan.NoticeUntil))
	case c.Text == "":
		return gridmap.Errorf(gridmap.Invalid, "请写明您的意见 (say something)")
	case len([]rune(c.Text)) > MaxOpinionRunes:
		return gridmap.Errorf(gridmap.Invalid, "意见请在 %d 字以内 (too long)", MaxOpinionRunes)
	case len([]rune(o.Contact)) > MaxContactRunes:
		return gridmap.Errorf(gridmap.Invalid, "联系方式请在 %d 字以内 (the contact is too long)", MaxContactRunes)
	}
	b, err := dr.board(ctx)
	if err != nil {
		return err
	}
	if c.Grid != 0 && b.gridIndex(c.Grid) == none {
		return gridmap.Errorf(gridmap.Invalid, "所选的网格不在本方案中 (no such grid in this plan)")
	}
	all, err := dr.desk.cfg.Plans.PlanComments(ctx, c.Plan)
	n := 0
	for _, x := range all {
		if x.Public {
			n++
		}
	}
	if err == nil && n >= maxOpinions {
		err = gridmap.Errorf(gridmap.Unavailable, "本次公示收到的意见已满，请改用电话或书面方式 (too many opinions; please call or write)")
	}
	return err
}

// contactEvent is the kind of the event that keeps how to reach somebody who
// spoke about a plan; its key is the plan.
const contactEvent = "opinion_contact"

type contactBody struct {
	Comment int64  `json:"comment"`
	Contact string `json:"contact"`
}

func (d *Desk) putContact(ctx context.Context, c gridmap.PlanComment, contact string) error {
	contact = strings.TrimSpace(contact)
	if contact == "" || d.cfg.Journal == nil {
		return nil
	}
	body, err := json.Marshal(contactBody{c.ID, contact})
	if err != nil {
		return err
	}
	_, err = d.cfg.Journal.AppendEvents(ctx, gridmap.Event{At: c.At, Actor: PublicActor, Kind: contactEvent, Key: planKey(c.Plan), Body: body})
	return err
}

func planKey(id gridmap.PlanID) string { return "plan:" + strconv.FormatInt(int64(id), 10) }

func commentNumber(id int64) string { return "comment:" + strconv.FormatInt(id, 10) }

// Contacts returns how to reach those who spoke about a plan, by comment:
// personal data, for those who may read it of all of the plan.
func (d *Desk) Contacts(ctx context.Context, actor string, id gridmap.PlanID) (map[int64]string, error) {
	p, err := d.Plan(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	if err := d.can(ctx, actor, ActContact, p); err != nil {
		return nil, err
	}
	out := map[int64]string{}
	if d.cfg.Journal == nil {
		return out, nil
	}
	for e, err := range d.cfg.Journal.Events(ctx, gridmap.EventQuery{Kind: contactEvent, Key: planKey(id)}) {
		if err != nil {
			return nil, err
		}
		var body contactBody
		if json.Unmarshal(e.Body, &body) == nil {
			out[body.Comment] = body.Contact
		}
	}
	return out, nil
}
