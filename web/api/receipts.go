package api

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/address"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/gridmap/duty"
	"cloudgrid/web/auth"
	"cloudgrid/web/who"
)

// Desk is what the routes that write need. The zero Desk refuses them all.
type Desk struct {
	Store    gridmap.Store
	Receipts gridmap.Receipts
	Now      func() time.Time
	// Planners opens the routes that change the map: adding an alias, settling
	// feedback. Without accounts it is set only where nobody but the people of
	// this machine can reach the server.
	Planners bool
	// MayChange tells whether who asks may change a place; nil: whoever comes
	// this far may.
	MayChange func(context.Context, gridmap.PlaceID) error
	Reach     auth.Reacher // what lists are filtered by
	Books     *duty.Books  // shared with the other faces; nil: its own
}

func (d *Desk) receipts() (gridmap.Receipts, error) {
	if d.Receipts == nil {
		return nil, gridmap.Errorf(gridmap.Unavailable, "此服务不保存回执 (no receipts are kept here)")
	}
	return d.Receipts, nil
}

func (d *Desk) planner() error {
	if !d.Planners || d.Store == nil {
		return gridmap.Errorf(gridmap.Forbidden, "此服务没有启用账号，修改只能在服务器本机进行 (changes are for planners; without accounts, on the server's own machine only)")
	}
	return nil
}

// keepReceipt stores an answer and adds the receipt's id to it.
func (s *Service) keepReceipt(ctx context.Context, v *view, question string, body []byte) ([]byte, error) {
	keep, err := s.desk.receipts()
	if err != nil {
		return body, err
	}
	id := rand.Text() // 128 bits: nobody guesses another's receipt
	body = append(body[:len(body)-1], `,"receipt":"`...)
	body = append(append(body, id...), `"}`...)
	return body, keep.PutReceipt(ctx, gridmap.Receipt{
		ID: id, At: s.desk.Now(), Question: question, Answer: string(body), Edition: v.atlas.Edition().Number, Seq: v.atlas.Head().Seq,
	})
}

type receiptInput struct {
	ID string `path:"id" maxLength:"64"`
}

type receiptOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         struct {
		ID       string          `json:"id"`
		At       time.Time       `json:"at"`
		Question string          `json:"question"`
		Answer   json.RawMessage `json:"answer" doc:"as it was given then, word for word"`
		Edition  int64           `json:"edition"`
	}
}

func (s *Service) getReceipt(ctx context.Context, in *receiptInput) (*receiptOutput, error) {
	keep, err := s.desk.receipts()
	if err != nil {
		return nil, err
	}
	r, err := keep.Receipt(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := &receiptOutput{CacheControl: "private, no-store"}
	out.Body.ID, out.Body.At, out.Body.Question, out.Body.Edition = r.ID, r.At, r.Question, r.Edition
	out.Body.Answer = json.RawMessage(r.Answer)
	return out, nil
}

type feedbackInput struct {
	ID   string `path:"id" maxLength:"64" doc:"the receipt"`
	Body struct {
		Kind  string `json:"kind" enum:"wrong_place,wrong_grid,other"`
		Text  string `json:"text,omitempty" maxLength:"1000"`
		Place int64  `json:"place,omitempty" doc:"the place that was meant, where known"`
	}
}

type feedbackItem struct {
	ID        int64  `json:"id"`
	Receipt   string `json:"receipt"`
	At        string `json:"at"`
	Kind      string `json:"kind"`
	Text      string `json:"text"`
	Place     int64  `json:"place,omitempty"`
	Question  string `json:"question,omitempty"`
	Alias     string `json:"alias,omitempty" doc:"what would become an alias of the place"`
	Settled   string `json:"settled,omitempty"`
	SettledBy string `json:"settled_by,omitempty"`
}

type feedbackOutput struct {
	Body feedbackItem
}

func (s *Service) postFeedback(ctx context.Context, in *feedbackInput) (*feedbackOutput, error) {
	keep, err := s.desk.receipts()
	if err != nil {
		return nil, err
	}
	f := gridmap.Feedback{Receipt: in.ID, At: s.desk.Now(), Kind: gridmap.FeedbackKind(in.Body.Kind), Text: strings.TrimSpace(in.Body.Text), Place: gridmap.PlaceID(in.Body.Place)}
	if f.Place != 0 && s.maps.Current().Place(f.Place) == nil {
		return nil, gridmap.Errorf(gridmap.Invalid, "没有编号为 %d 的地址 (no such place)", f.Place)
	}
	if f.ID, err = keep.PutFeedback(ctx, f); err != nil {
		return nil, err
	}
	return &feedbackOutput{Body: itemOf(f)}, nil
}

func itemOf(f gridmap.Feedback) feedbackItem {
	return feedbackItem{
		ID: f.ID, Receipt: f.Receipt, At: f.At.UTC().Format(time.RFC3339), Kind: string(f.Kind), Text: f.Text,
		Place: int64(f.Place), Settled: f.Settled, SettledBy: f.SettledBy,
	}
}

type feedbackListInput struct {
	All   bool `query:"all" doc:"also what is settled"`
	Limit int  `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

type feedbackListOutput struct {
	Body struct {
		Feedback []feedbackItem `json:"feedback"`
	}
}

func (s *Service) listFeedback(ctx context.Context, in *feedbackListInput) (*feedbackListOutput, error) {
	if err := s.desk.planner(); err != nil {
		return nil, err
	}
	within, limit := s.desk.Reach.Of(ctx, rights.ReadPeople), in.Limit
	if !within.Everything() {
		limit = mostLooked // most are others'
	}
	list, err := s.desk.Receipts.Feedbacks(ctx, in.All, limit)
	if err != nil {
		return nil, err
	}
	out := &feedbackListOutput{}
	out.Body.Feedback = []feedbackItem{}
	for _, f := range list {
		if len(out.Body.Feedback) == in.Limit {
			break
		}
		r, err := s.desk.Receipts.Receipt(ctx, f.Receipt)
		if err != nil && gridmap.CodeOf(err) != gridmap.NotFound {
			return nil, err
		}
		if !about(within, f, r) {
			continue
		}
		item := itemOf(f)
		item.Question, item.Alias = r.Question, s.aliasOf(r)
		out.Body.Feedback = append(out.Body.Feedback, item)
	}
	return out, nil
}

// aliasOf is what of a question would name the place: the compound or the
// unexplained text as it was typed.
func (s *Service) aliasOf(r gridmap.Receipt) string {
	var answer struct {
		Match struct {
			Query       string   `json:"query"`
			Unexplained []string `json:"unexplained"`
		} `json:"match"`
	}
	if json.Unmarshal([]byte(r.Answer), &answer) != nil || answer.Match.Query == "" {
		return ""
	}
	longest := ""
	for _, u := range answer.Match.Unexplained {
		if u = strings.TrimSpace(u); len(u) > len(longest) {
			longest = u
		}
	}
	if longest == "" {
		return answer.Match.Query
	}
	return longest
}

type settleInput struct {
	ID   int64 `path:"id"`
	Body struct {
		How   string `json:"how" enum:"alias,dismissed"`
		Place int64  `json:"place,omitempty" doc:"how=alias: the place; what the feedback named when absent"`
		Alias string `json:"alias,omitempty" maxLength:"100" doc:"how=alias: the name; what was typed when absent"`
	}
}

// settle closes feedback: as an alias of a place, from now on, or without a
// change.
func (s *Service) settle(ctx context.Context, in *settleInput) (*feedbackOutput, error) {
	if err := s.desk.planner(); err != nil {
		return nil, err
	}
	list, err := s.desk.Receipts.Feedbacks(ctx, true, 1<<30)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(list, func(f gridmap.Feedback) bool { return f.ID == in.ID })
	if at < 0 {
		return nil, gridmap.Errorf(gridmap.NotFound, "没有编号为 %d 的反馈 (no such feedback)", in.ID)
	}
	f := list[at]
	if f.Settled != "" {
		return nil, gridmap.Errorf(gridmap.Conflict, "反馈 %d 已处理：%s (settled already)", f.ID, f.Settled)
	}
	if err := s.maySettle(ctx, f); err != nil {
		return nil, err
	}
	if in.Body.How == "alias" {
		if err := s.addAlias(ctx, in, f); err != nil {
			return nil, err
		}
	}
	by := who.From(ctx).Name
	if err := s.desk.Receipts.SettleFeedback(ctx, f.ID, in.Body.How, by, s.desk.Now()); err != nil {
		return nil, err
	}
	f.Settled, f.SettledBy = in.Body.How, by
	return &feedbackOutput{Body: itemOf(f)}, nil
}

func (s *Service) addAlias(ctx context.Context, in *settleInput, f gridmap.Feedback) error {
	place, name := gridmap.PlaceID(in.Body.Place), strings.TrimSpace(in.Body.Alias)
	if place == 0 {
		place = f.Place
	}
	if name == "" {
		r, err := s.desk.Receipts.Receipt(ctx, f.Receipt)
		if err != nil {
			return err
		}
		name = s.aliasOf(r)
	}
	if place == 0 || address.Normalize(name) == "" {
		return gridmap.Errorf(gridmap.Invalid, "需要地址编号和别名 (an alias needs a place and a name)")
	}
	if s.desk.MayChange != nil {
		if err := s.desk.MayChange(ctx, place); err != nil {
			return err
		}
	}
	now, by := s.desk.Now(), who.From(ctx).Name
	commit := gridmap.Commit{At: now, Actor: by, Action: "alias", Note: "反馈采纳为别名 alias from feedback", Audit: []gridmap.AuditEntry{{
		At: now, Actor: by, Action: "alias", Thing: "place:" + strconv.FormatInt(int64(place), 10), Detail: name,
	}}}
	_, err := s.desk.Store.Update(ctx, commit, func(w gridmap.Writer) error {
		for p, err := range w.Places(ctx, gridmap.Query{At: now}) {
			if err != nil {
				return err
			}
			if p.ID != place {
				continue
			}
			for _, a := range p.Aliases {
				if a.Name == name {
					return errAliasThere
				}
			}
			p.Aliases = append(p.Aliases, gridmap.Alias{Name: name, Kind: "alias", From: now})
			p.ValidFrom = now
			return w.PutPlaces(ctx, p)
		}
		return gridmap.Errorf(gridmap.NotFound, "没有编号为 %d 的地址 (no such place)", place)
	})
	if errors.Is(err, errAliasThere) {
		return nil
	}
	return err
}

// errAliasThere ends an update that has nothing to change.
var errAliasThere = errors.New("the alias is there already")

// registerDesk adds the routes of receipts and feedback.
func (s *Service) registerDesk(doc huma.API) {
	get(doc, "/v1/receipts/{id}", "get-receipt", "What was answered then, word for word", s.getReceipt)
	get(doc, "/v1/feedback", "list-feedback", "What people said of answers, the newest first", s.listFeedback)
	write(doc, "/v1/receipts/{id}/feedback", "report", "Say that an answer was wrong", http.StatusCreated, s.postFeedback)
	write(doc, "/v1/feedback/{id}/settle", "settle-feedback", "Close feedback: make what was typed an alias of a place, or dismiss it", http.StatusOK, s.settle)
}
