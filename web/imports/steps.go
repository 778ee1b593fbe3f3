package imports

import (
	"context"
	"net/http"
	"os"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ingest"
	"cloudgrid/gridmap/intake"
	"cloudgrid/web/problem"
	"cloudgrid/web/who"
)

const maxBody = 64 << 10

func (s *Service) registerSteps(doc huma.API) {
	add(doc, http.MethodGet, "", "list-imports", "Your imports, and how much may be sent", http.StatusOK, s.list)
	add(doc, http.MethodGet, "/{id}", "get-import", "How far an import is", http.StatusOK, s.get)
	add(doc, http.MethodDelete, "/{id}", "give-up-import", "Give an import up; its files are removed", http.StatusNoContent, s.giveUp)
	add(doc, http.MethodPost, "/{id}/look", "look-into-import", "Look into the file: layers, rows, fields, frames to choose from", http.StatusOK, s.lookAgain)
	add(doc, http.MethodPost, "/{id}/check", "check-import", "Check the file against the map; nothing is changed", http.StatusAccepted, s.startCheck)
	add(doc, http.MethodDelete, "/{id}/check", "cancel-check", "Stop the check", http.StatusOK, s.cancelCheck)
	add(doc, http.MethodGet, "/{id}/report", "import-report", "What the check found", http.StatusOK, s.report)
	add(doc, http.MethodPost, "/{id}/accept", "accept-import", "Take what was checked into the map, as one edition", http.StatusAccepted, s.accept)
}

// add registers a handler; its errors become problem details as everywhere.
func add[I, O any](doc huma.API, method, path, id, summary string, status int, handler func(context.Context, *I) (*O, error)) {
	op := huma.Operation{Method: method, Path: "/v1/imports" + path, OperationID: id, Summary: summary, DefaultStatus: status, MaxBodyBytes: maxBody}
	huma.Register(doc, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handler(ctx, in)
		if err != nil {
			d := problem.Of(err)
			if d.Code == string(gridmap.Invalid) {
				d.Detail = inWizard(d.Detail)
			}
			return nil, problem.Status{Details: d}
		}
		return out, nil
	})
}

// ImportInput names an import.
type ImportInput struct {
	ID string `path:"id" maxLength:"64"`
}

type importListOutput struct {
	Body struct {
		Imports  []importBody `json:"imports" doc:"one at most: each person has one at a time"`
		MaxBytes int64        `json:"max_bytes" doc:"of one upload"`
		IdleS    int          `json:"idle_s" doc:"seconds after which an import that nobody looks at is thrown away"`
	}
}

func (s *Service) list(ctx context.Context, _ *struct{}) (*importListOutput, error) {
	out := &importListOutput{}
	out.Body.Imports, out.Body.MaxBytes, out.Body.IdleS = []importBody{}, s.MaxBytes, int(s.Idle/time.Second)
	s.mu.Lock()
	it := s.byUser[who.From(ctx).Name]
	s.mu.Unlock()
	if it != nil {
		out.Body.Imports = append(out.Body.Imports, it.body(s))
	}
	return out, nil
}

type importOutput struct{ Body importBody }

func (s *Service) get(ctx context.Context, in *ImportInput) (*importOutput, error) {
	it, err := s.find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &importOutput{it.body(s)}, nil
}

// giveUp stops what runs and removes everything. What was written meanwhile
// stays written, and is told.
func (s *Service) giveUp(ctx context.Context, in *ImportInput) (*struct{}, error) {
	it, err := s.find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	was := it.over()
	s.drop(it)
	if !was && it.over() {
		return nil, gridmap.Errorf(gridmap.Conflict, "取消晚了一步：已经导入为第 %d 版 (too late: it was imported)", it.done.edition)
	}
	return nil, nil
}

type lookInput struct {
	ImportInput
	Body intake.Choice
}

type importLookOutput struct{ Body importLook }

func (s *Service) lookAgain(ctx context.Context, in *lookInput) (*importLookOutput, error) {
	it, err := s.find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	seen, err := s.look(ctx, it, in.Body)
	return &importLookOutput{seen}, err
}

type checkInput struct {
	ImportInput
	Body intake.Choice
}

func (s *Service) startCheck(ctx context.Context, in *checkInput) (*importOutput, error) {
	it, err := s.find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := it.start(ctx, stateChecking, s.jobs, func(ctx context.Context) error { return s.runCheck(ctx, it, in.Body) }); err != nil {
		return nil, err
	}
	return &importOutput{it.body(s)}, nil
}

// plan makes a plan of a file as it would be taken into the map as it is now.
func (s *Service) plan(ctx context.Context, it *item, c intake.Choice) (*ingest.Plan, error) {
	path, err := it.path()
	if err != nil {
		return nil, err
	}
	how := s.how(ctx)
	how.Progress = it.step
	return intake.Check(ctx, path, c, s.Store, how)
}

func (s *Service) runCheck(ctx context.Context, it *item, c intake.Choice) error {
	p, err := s.plan(ctx, it, c)
	if err != nil {
		return err
	}
	it.step("整理报告", 0, 0)
	rep := p.Report()
	ck := &checked{choice: c, fingerprint: p.Fingerprint(), report: rep, findings: len(rep.Findings), kinds: kindsOf(rep)}
	if err := p.Refusal(); err != nil {
		ck.refusal = inWizard(err.Error())
	}
	for i, n := range rep.Notes {
		rep.Notes[i] = inWizard(n)
	}
	if ck.outlines, err = writeFindings(it.dir, rep, p); err != nil {
		return err
	}
	rep.DryRun, rep.Findings = true, shown(rep.Findings)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	it.mu.Lock()
	defer it.mu.Unlock()
	it.checks++
	ck.n = it.checks
	it.check, it.state = ck, stateChecked
	return nil
}

func (s *Service) cancelCheck(ctx context.Context, in *ImportInput) (*importOutput, error) {
	it, err := s.find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	it.stop()
	return &importOutput{it.body(s)}, nil
}

type acceptInput struct {
	ImportInput
	Body struct {
		Check     int    `json:"check" doc:"number of the check whose report was read"`
		ValidFrom string `json:"valid_from,omitempty" doc:"from when this is true, as 2026-11-01; as checked when absent" maxLength:"40"`
	}
}

func (s *Service) accept(ctx context.Context, in *acceptInput) (*importOutput, error) {
	it, err := s.find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	ck, err := it.acceptable(in.Body.Check)
	if err != nil {
		return nil, err
	}
	c := ck.choice
	if in.Body.ValidFrom != "" {
		if _, err := gridmap.ParseTime(in.Body.ValidFrom); err != nil {
			return nil, err
		}
		c.ValidFrom = in.Body.ValidFrom
	}
	if err := it.start(ctx, stateImporting, s.jobs, func(ctx context.Context) error { return s.runAccept(ctx, it, ck, c) }); err != nil {
		return nil, err
	}
	return &importOutput{it.body(s)}, nil
}

// acceptable returns the newest check if that is the one meant and may be
// accepted.
func (it *item) acceptable(n int) (*checked, error) {
	it.mu.Lock()
	defer it.mu.Unlock()
	switch ck := it.check; {
	case ck == nil || ck.n != n || it.state == stateReady:
		return nil, gridmap.Errorf(gridmap.Conflict, "检查报告已不是最新的一份，请重新检查 (not the newest report: check again)")
	case ck.refusal != "":
		return nil, gridmap.Errorf(gridmap.Invalid, "%s", ck.refusal)
	default:
		return ck, nil
	}
}

// attempts is how often an import begins anew when others keep publishing
// between its last look at the map and its commit.
const attempts = 5

// runAccept makes the plan anew from the file and writes it, if it is the one
// that was checked: whatever others changed meanwhile either makes no
// difference to it, or it is refused. The store refuses when the map moves on
// between that look and the commit; then it begins again.
func (s *Service) runAccept(ctx context.Context, it *item, ck *checked, c intake.Choice) error {
	for i := 1; ; i++ {
		p, err := s.plan(ctx, it, c)
		if err != nil {
			return err
		}
		if p.Fingerprint() != ck.fingerprint {
			it.mu.Lock()
			it.check = nil
			it.mu.Unlock()
			return errMoved()
		}
		change, err := p.Write(ctx, s.Store)
		if gridmap.CodeOf(err) == gridmap.Conflict && i < attempts {
			continue
		}
		if err != nil {
			return err
		}
		_ = s.Maps.Refresh(ctx) // it is written; a map that cannot be read now follows later
		it.finish(p.Report(), done{change.Edition, int64(change.Seq), s.Now()})
		return nil
	}
}

func errMoved() error {
	return gridmap.Errorf(gridmap.Conflict, "检查之后，地图上与这个文件有关的部分已被他人修改，没有导入；请重新检查 (the map has changed under this file since the check: nothing was imported; check again)")
}

// finish notes what was written; the files have done their work.
func (it *item) finish(rep *ingest.Report, d done) {
	_ = os.RemoveAll(it.dir) // what cannot be removed now is swept later
	it.mu.Lock()
	defer it.mu.Unlock()
	it.done, it.state = &d, stateDone
	rep.Findings = nil
	it.check = &checked{n: it.check.n, choice: it.check.choice, report: rep, findings: it.check.findings, kinds: it.check.kinds}
}

type importReportOutput struct{ Body importReportBody }

func (s *Service) report(ctx context.Context, in *ImportInput) (*importReportOutput, error) {
	it, err := s.find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	ck, err := it.checkedNow()
	if err != nil {
		return nil, err
	}
	return &importReportOutput{reportOf(ck)}, nil
}

func (it *item) checkedNow() (*checked, error) {
	it.mu.Lock()
	defer it.mu.Unlock()
	if it.check == nil {
		return nil, gridmap.Errorf(gridmap.NotFound, "还没有检查 (not checked yet)")
	}
	return it.check, nil
}
