package imports

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ingest"
	"cloudgrid/gridmap/intake"
	"cloudgrid/web/problem"
	"cloudgrid/web/who"
)

const (
	folderPrefix  = "import-"
	mostFiles     = 12       // parts of a Shapefile, with what programs add to it
	formBytes     = 64 << 10 // of a form besides its files
	mostNameRunes = 120
)

// begun answers an upload: the import, and what is in its file.
type begun struct {
	importBody
	importLook
}

// upload takes one file, or the several of a Shapefile, as a form.
func (s *Service) upload(c echo.Context) error {
	it, err := s.admit(c)
	if err != nil {
		return refuse(c, err)
	}
	seen, err := s.receive(c, it)
	if err != nil {
		s.drop(it)
		return refuse(c, err)
	}
	return c.JSON(http.StatusCreated, begun{it.body(s), seen})
}

func refuse(c echo.Context, err error) error {
	var e *gridmap.Error
	if errors.As(err, &e) && e.Code == gridmap.Invalid {
		return problem.Write(c, gridmap.Errorf(gridmap.Invalid, "%s", inWizard(e.Message)))
	}
	return problem.Write(c, err)
}

// admit makes the import and its folder. Somebody who has one gives it up
// first, unless it is done.
func (s *Service) admit(c echo.Context) (*item, error) {
	user := who.From(c.Request().Context()).Name
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || user == "" {
		return nil, gridmap.Errorf(gridmap.Forbidden, "现在不能导入 (no imports now)")
	}
	if had := s.byUser[user]; had != nil {
		if !had.over() {
			return nil, gridmap.Errorf(gridmap.Conflict, "您还有一个没有完成的导入：请继续，或先放弃它 (you have an import under way: go on with it, or give it up)")
		}
		defer had.remove()
		delete(s.byUser, user)
	}
	if len(s.byUser) >= s.Most {
		c.Response().Header().Set("Retry-After", "60")
		return nil, echo.NewHTTPError(http.StatusTooManyRequests, "同时导入的人太多，请过几分钟再试 (too many imports at a time)")
	}
	id := strings.ToLower(rand.Text())
	dir := filepath.Join(s.Dir, folderPrefix+id)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	it := newItem(id, user, dir, s.Now())
	s.byUser[user] = it
	return it, nil
}

func (it *item) over() bool {
	it.mu.Lock()
	defer it.mu.Unlock()
	return it.state == stateDone
}

// drop gives an import up.
func (s *Service) drop(it *item) {
	s.mu.Lock()
	if s.byUser[it.owner] == it {
		delete(s.byUser, it.owner)
	}
	s.mu.Unlock()
	it.remove()
}

// receive writes the files of a request into the folder and looks into them.
func (s *Service) receive(c echo.Context, it *item) (importLook, error) {
	r := c.Request()
	r.Body = http.MaxBytesReader(c.Response().Writer, r.Body, s.MaxBytes+formBytes)
	form, err := r.MultipartReader()
	if err != nil {
		return importLook{}, gridmap.Errorf(gridmap.Invalid, "请用 multipart/form-data 发送文件 (send the files as multipart/form-data)")
	}
	root, err := os.OpenRoot(it.dir) // whatever a name says, it stays inside
	if err != nil {
		return importLook{}, err
	}
	defer root.Close() //nolint:errcheck // nothing is written through it
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return importLook{}, broken(err)
		}
		if part.FileName() == "" {
			continue
		}
		if len(it.files) == mostFiles {
			return importLook{}, gridmap.Errorf(gridmap.Invalid, "文件多于 %d 个；多个图层请分别导入，或打成一个 zip (too many files)", mostFiles)
		}
		if err := it.keep(root, part, s.MaxBytes); err != nil {
			return importLook{}, err
		}
	}
	if err := it.settleFiles(); err != nil {
		return importLook{}, err
	}
	return s.look(r.Context(), it, intake.Choice{As: ingest.Grids})
}

// broken is a body that ended too early, or that is no form.
func broken(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) || errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	return gridmap.Errorf(gridmap.Invalid, "上传中断，文件没有收全 (the upload broke off): %w", err)
}

// keep streams one file into the folder.
func (it *item) keep(root *os.Root, part *multipart.Part, most int64) error {
	name := plainName(part.FileName())
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return gridmap.Errorf(gridmap.Invalid, "有两个文件同名：%s (two files of one name)", name)
	}
	if err != nil {
		return err
	}
	n, err := io.Copy(file, io.LimitReader(part, most-it.bytes+1))
	it.mu.Lock()
	it.files, it.bytes = append(it.files, name), it.bytes+n
	it.mu.Unlock()
	if cerr := file.Close(); err == nil && cerr != nil {
		return cerr
	}
	switch {
	case err != nil:
		return broken(err)
	case it.bytes > most:
		return &http.MaxBytesError{Limit: most}
	}
	return nil
}

// plainName makes a file name of whatever a client says: no folders, nothing
// that cannot be shown.
func plainName(said string) string {
	said = strings.ToValidUTF8(said, "_")
	if i := strings.LastIndexAny(said, `/\`); i >= 0 {
		said = said[i+1:]
	}
	said = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf) || strings.ContainsRune(`:*?"<>|`, r) {
			return '_'
		}
		return r
	}, said)
	if list := []rune(said); len(list) > mostNameRunes {
		ext := []rune(filepath.Ext(said))
		ext = ext[:min(len(ext), 10)]
		said = string(list[:mostNameRunes-len(ext)]) + string(ext)
	}
	for len(said) > 240 { // bytes that file systems take
		said = string([]rune(said)[1:])
	}
	if said = strings.TrimLeft(said, ". "); said == "" { // names of ours begin so
		return "file"
	}
	return said
}

// settleFiles puts the file to open first. Several files are one Shapefile.
func (it *item) settleFiles() error {
	it.mu.Lock()
	defer it.mu.Unlock()
	if err := it.chooseMain(); err != nil {
		return err
	}
	it.state = stateReady
	return nil
}

func (it *item) chooseMain() error {
	switch len(it.files) {
	case 0:
		return gridmap.Errorf(gridmap.Invalid, "没有收到文件 (no file)")
	case 1:
		return nil
	}
	isShape := func(name string) bool { return strings.EqualFold(filepath.Ext(name), ".shp") }
	main := slices.IndexFunc(it.files, isShape)
	if main < 0 || slices.ContainsFunc(it.files[main+1:], isShape) {
		return gridmap.Errorf(gridmap.Invalid, "一次导入一个文件；几个文件时应是同一个 Shapefile 的 .shp、.dbf、.prj … (one file at a time, or the parts of one Shapefile)")
	}
	it.files[0], it.files[main] = it.files[main], it.files[0]
	base := strings.ToLower(strings.TrimSuffix(it.files[0], filepath.Ext(it.files[0])))
	for _, name := range it.files {
		if !strings.HasPrefix(strings.ToLower(name), base+".") {
			return gridmap.Errorf(gridmap.Invalid, "%s 不属于 %s：一个 Shapefile 的各个文件同名 (not a part of that Shapefile)", name, it.files[0])
		}
	}
	return nil
}

// importLook is what is in a file, and what its columns could be.
type importLook struct {
	Survey intake.Survey           `json:"survey"`
	Kinds  map[string]importFields `json:"kinds" doc:"by what the rows could be: the fields there are, and the columns that their names suggest"`
}

// importFields is what rows of a kind have.
type importFields struct {
	Fields   []string          `json:"fields"`
	Required []string          `json:"required"`
	Columns  map[string]string `json:"columns" doc:"suggested, by field"`
	Counts   map[string]string `json:"counts" doc:"suggested, by kind of count"`
}

// look reads what is in a file, a few files at a time.
func (s *Service) look(ctx context.Context, it *item, c intake.Choice) (importLook, error) {
	select {
	case s.looks <- struct{}{}:
		defer func() { <-s.looks }()
	case <-ctx.Done():
		return importLook{}, ctx.Err()
	}
	path, err := it.path()
	if err != nil {
		return importLook{}, err
	}
	survey, err := intake.Look(path, c, s.how(ctx), s.inMap())
	if err != nil {
		return importLook{}, err
	}
	for i, n := range survey.Notes {
		survey.Notes[i] = inWizard(n)
	}
	seen := importLook{survey, map[string]importFields{}}
	for _, k := range []ingest.Kind{ingest.Grids, ingest.Atoms, ingest.Places, ingest.Staff} {
		m := survey.Suggested(k)
		seen.Kinds[string(k)] = importFields{ingest.Fields(k), ingest.Required(k), m.Columns, m.Counts}
	}
	return seen, nil
}
