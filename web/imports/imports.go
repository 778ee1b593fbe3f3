// Package imports is the wizard that takes departments' files over HTTP: a file
// comes in, a person sees what is in it, says what it is, has it checked
// against the map, and accepts it; docs/import.md is its contract.
//
// An import lives in the process that took the file, as a folder and an entry
// in memory, until it is accepted, given up, or left alone for too long. The
// map is changed by one transaction of package ingest and by nothing else, so a
// process that dies in between leaves no trace in it.
package imports

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/intake"
	"cloudgrid/importers"
	"cloudgrid/spatial"
	"cloudgrid/web/who"
)

// Maps is the map as it is; Refresh has it follow the store at once.
type Maps interface {
	Current() *atlas.Atlas
	Refresh(ctx context.Context) error
}

// Config is what the wizard needs. The zero value of a bound is its default.
type Config struct {
	Store gridmap.Store
	Maps  Maps
	Dir   string // private folder for what comes in; it must exist
	Now   func() time.Time

	MaxBytes int64         // of one upload, all its files together; 256 MiB
	Most     int           // imports at a time, of all people; 8
	Jobs     int           // checks and imports that run at a time, the others wait; 1
	Idle     time.Duration // after which one that nobody looks at is thrown away; 1 h
}

const defaultMaxBytes = 256 << 20

// Service serves /v1/imports.
type Service struct {
	Config
	jobs  chan struct{} // a slot for each check or import that runs
	looks chan struct{} // for each file that is importLook into meanwhile

	mu     sync.Mutex
	byUser map[string]*item
	closed bool
}

// New makes the service.
func New(cfg Config) *Service {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.MaxBytes <= 0 {
		cfg.MaxBytes = defaultMaxBytes
	}
	if cfg.Most <= 0 {
		cfg.Most = 8
	}
	if cfg.Jobs <= 0 {
		cfg.Jobs = 1
	}
	if cfg.Idle <= 0 {
		cfg.Idle = time.Hour
	}
	return &Service{Config: cfg, jobs: make(chan struct{}, cfg.Jobs), looks: make(chan struct{}, 2), byUser: map[string]*item{}}
}

// Register adds the routes that carry files and streams; RegisterDocumented
// adds the rest.
func (s *Service) Register(e *echo.Echo) {
	e.POST("/v1/imports", s.upload)
	e.GET("/v1/imports/:id/events", s.events)
	e.POST("/v1/imports/:id/sketch", s.sketch, middleware.Gzip())
	e.GET("/v1/imports/:id/report.csv", s.reportCSV, middleware.Gzip())
	e.GET("/v1/imports/:id/findings.geojson", s.findings, middleware.Gzip())
	e.GET("/v1/imports/:id/outlines.geojson", s.outlines, middleware.Gzip())
}

// RegisterDocumented adds the routes that the OpenAPI library serves, and
// describes those that it does not.
func (s *Service) RegisterDocumented(doc huma.API) {
	s.registerSteps(doc)
	describe(doc.OpenAPI())
}

// Run throws away what nobody looks at any more, and everything when ctx ends.
func (s *Service) Run(ctx context.Context) {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	s.sweep()
	for {
		select {
		case <-tick.C:
			s.expire()
			s.mark()
			s.sweep()
		case <-ctx.Done():
			s.close()
			return
		}
	}
}

// expire removes imports that have been idle for too long and do nothing.
func (s *Service) expire() {
	now := s.Now()
	s.mu.Lock()
	var old []*item
	for user, it := range s.byUser {
		if it.idleSince(now) >= s.Idle {
			old = append(old, it)
			delete(s.byUser, user)
		}
	}
	s.mu.Unlock()
	for _, it := range old {
		it.remove()
	}
}

// mark shows other processes with the same folder that these are in use.
func (s *Service) mark() {
	now := s.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, it := range s.byUser {
		_ = os.Chtimes(it.dir, now, now) // those that are done have none any more
	}
}

// sweep removes folders that a process left behind which was killed: those
// that nobody has touched for twice as long as an import may be idle.
func (s *Service) sweep() {
	entries, err := os.ReadDir(s.Dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && e.IsDir() && strings.HasPrefix(e.Name(), folderPrefix) && s.Now().Sub(info.ModTime()) > 2*s.Idle && !s.owns(e.Name()) {
			_ = os.RemoveAll(filepath.Join(s.Dir, e.Name())) // the next sweep tries again
		}
	}
}

func (s *Service) owns(folder string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, it := range s.byUser {
		if filepath.Base(it.dir) == folder {
			return true
		}
	}
	return false
}

// close ends everything; nothing comes in after it.
func (s *Service) close() {
	s.mu.Lock()
	s.closed = true
	all := s.byUser
	s.byUser = map[string]*item{}
	s.mu.Unlock()
	for _, it := range all {
		it.remove()
	}
}

// find returns the import of whoever asks in ctx. Nobody is told of others'.
func (s *Service) find(ctx context.Context, id string) (*item, error) {
	s.mu.Lock()
	it := s.byUser[who.From(ctx).Name]
	s.mu.Unlock()
	if it == nil || it.id != id {
		return nil, gridmap.Errorf(gridmap.NotFound, "没有这个导入：可能已放弃、已过期，或在另一台服务器上；请重新选择文件 (no such import: given up, expired, or on another server)")
	}
	it.touch(s.Now())
	return it, nil
}

// how bounds what reading one file may cost a server that has other things to
// do; the command line allows more.
func (s *Service) how(ctx context.Context) intake.How {
	return intake.How{
		Now: s.Now(), Actor: who.From(ctx).Name, SayFrame: true,
		Limits: importers.Limits{
			MaxBytes: s.MaxBytes, MaxUnzipped: 4 * s.MaxBytes, MaxRows: 1_000_000, MaxFeature: 64 << 20, MaxHeld: 256 << 20,
			MaxZipFiles: 1000, MaxLayers: 200, MaxFields: 1000, MaxVertices: 20_000_000,
		},
	}
}

// inMap returns what tells whether a position lies where the map is; nil while
// there is none.
func (s *Service) inMap() func(lon, lat float64) bool {
	box := s.Maps.Current().Bounds()
	if box.Empty() {
		return nil
	}
	return func(lon, lat float64) bool {
		p, err := spatial.FromLonLat(lon, lat)
		return err == nil && box.Contains(p)
	}
}
