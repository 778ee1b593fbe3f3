package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/web/problem"
)

const (
	ndjson        = "application/x-ndjson"
	maxArrayBytes = 64 << 20 // a JSON array is read whole; more than this belongs in NDJSON
	maxLineBytes  = 64 << 10 // one question is a few hundred bytes

	// Anybody may send arrays: of those that are longer than smallArray so many
	// are held at a time, the others wait, at most arrayPatience.
	smallArray    = 1 << 20
	largeArrays   = 4
	arrayPatience = 10 * time.Second
)

// row is one question of a batch. Numbers may come as numbers or as text.
type row struct {
	ID       json.RawMessage `json:"id"`
	Lon      scalar          `json:"lon"`
	Lat      scalar          `json:"lat"`
	CRS      scalar          `json:"crs"`
	Accuracy scalar          `json:"accuracy"`
	Address  scalar          `json:"address"`
	Network  scalar          `json:"network"`
	Level    scalar          `json:"level"`
	At       scalar          `json:"at"`
	OutCRS   scalar          `json:"out_crs"`
	Duty     scalar          `json:"duty"`
	Matter   scalar          `json:"matter"`
}

// scalar is a JSON string or number, kept as its text.
type scalar string

func (s *scalar) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		var text string
		err := json.Unmarshal(b, &text)
		*s = scalar(text)
		return err
	}
	if bytes.Equal(b, []byte("null")) {
		return nil
	}
	var n json.Number
	err := json.Unmarshal(b, &n)
	*s = scalar(n)
	return err
}

func (r row) question() (Question, error) {
	if !utf8.Valid(r.ID) {
		return Question{}, gridmap.Errorf(gridmap.Invalid, "id 不是有效的 UTF-8 (id is not valid UTF-8)")
	}
	if len(r.ID) > 0 && (r.ID[0] == '{' || r.ID[0] == '[') {
		return Question{}, gridmap.Errorf(gridmap.Invalid, "id 应为文字或数字 (id must be text or a number)")
	}
	return Question{
		ID: string(r.ID), Lon: string(r.Lon), Lat: string(r.Lat), CRS: string(r.CRS), Accuracy: string(r.Accuracy), Address: string(r.Address),
		Network: string(r.Network), Level: string(r.Level), At: string(r.At), OutCRS: string(r.OutCRS), Duty: string(r.Duty), Matter: string(r.Matter),
	}, nil
}

// resolveMany answers a batch: a JSON array with an array, NDJSON line by line
// as it comes in. The query string may give crs, network, level, accuracy, at,
// out_crs, duty and matter for all rows; a row's own value wins. fields=ids asks for the
// grid's id alone.
func (s *Service) resolveMany(c echo.Context) error {
	params, err := parseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return problem.Write(c, err)
	}
	which := params.Get("fields")
	params.Del("fields")
	if which != "" && which != "ids" && which != "full" {
		return problem.Write(c, gridmap.Errorf(gridmap.Invalid, "fields=%q 应为 ids 或 full", which))
	}
	common, err := questionFromQuery(params)
	if err != nil {
		return problem.Write(c, err)
	}
	if common.Receipt != "" {
		return problem.Write(c, gridmap.Errorf(gridmap.Invalid, "批量查询不留回执；请逐条查询 (no receipts for batches)"))
	}
	if common.Network == everyNetwork {
		return problem.Write(c, gridmap.Errorf(gridmap.Invalid, "批量查询一次只问一个网 (one network per batch)"))
	}
	b := &batch{service: s, ctx: c.Request().Context(), common: common, ids: which == "ids"}
	if err := b.prepare(); err != nil {
		return problem.Write(c, err)
	}
	kind, _, err := mime.ParseMediaType(c.Request().Header.Get(echo.HeaderContentType))
	switch {
	case err == nil && kind == ndjson:
		return resolveLines(c, b)
	case err == nil && kind == echo.MIMEApplicationJSON:
		return s.resolveArray(c, b)
	}
	return problem.Write(c, echo.NewHTTPError(http.StatusUnsupportedMediaType,
		"Content-Type 应为 application/json（数组）或 application/x-ndjson（逐行）"))
}

// resolveArray answers an array. Nothing is sent before the whole of it has
// been seen to be one.
func (s *Service) resolveArray(c echo.Context, b *batch) error {
	body, done, err := s.readArray(b.ctx, http.MaxBytesReader(c.Response(), c.Request().Body, maxArrayBytes), arrayPatience)
	if err != nil {
		if errors.Is(err, errManyArrays) {
			c.Response().Header().Set("Retry-After", "10")
		}
		return problem.Write(c, err)
	}
	defer done()
	body = bytes.TrimSpace(body)
	if !json.Valid(body) || body[0] != '[' {
		return problem.Write(c, gridmap.Errorf(gridmap.Invalid, "请求体应为 JSON 数组 (the body must be a JSON array)"))
	}
	c.Response().Header().Set(echo.HeaderContentType, echo.MIMEApplicationJSON)
	c.Response().WriteHeader(http.StatusOK)
	if _, err := c.Response().Write([]byte{'['}); err != nil {
		return err
	}
	if err := b.run(c.Response(), elementChunks(body[1:len(body)-1]), b.answerElements); err != nil {
		return err
	}
	_, err = c.Response().Write([]byte{']'})
	return err
}

var errManyArrays = echo.NewHTTPError(http.StatusTooManyRequests,
	"同时处理的大数组太多，请稍后再试，或改用 application/x-ndjson 逐行发送 (too many large arrays at a time: try again, or send NDJSON)")

// readArray reads a body whole; the caller says when it is done with it. A large
// one waits for room: errManyArrays after so long.
func (s *Service) readArray(ctx context.Context, from io.Reader, patience time.Duration) (body []byte, done func(), err error) {
	done = func() {}
	body, err = io.ReadAll(io.LimitReader(from, smallArray))
	if err == nil && len(body) == smallArray {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		select {
		case s.large <- struct{}{}:
			done = func() { <-s.large }
		case <-ctx.Done():
			return nil, nil, errManyArrays
		}
		whole := bytes.NewBuffer(body)
		_, err = whole.ReadFrom(from)
		body = whole.Bytes()
	}
	if err != nil {
		done()
		return nil, nil, tooLarge(err)
	}
	return body, done, nil
}

func tooLarge(err error) error {
	var limit *http.MaxBytesError
	if errors.As(err, &limit) {
		return echo.NewHTTPError(http.StatusRequestEntityTooLarge,
			"数组超过 64 MiB：请改用 application/x-ndjson 逐行发送 (send NDJSON for larger batches)")
	}
	return gridmap.Errorf(gridmap.Invalid, "请求体读取中断: %w", err)
}

// resolveLines streams: memory stays bounded however long the batch is.
func resolveLines(c echo.Context, b *batch) error {
	// Answers go out while questions still come in. Not every server can; then
	// a client must send all before it reads.
	_ = http.NewResponseController(c.Response().Writer).EnableFullDuplex()
	c.Response().Header().Set(echo.HeaderContentType, ndjson)
	c.Response().WriteHeader(http.StatusOK)
	var cut error
	if err := b.run(c.Response(), lineChunks(c.Request().Body, &cut), b.answerLines); err != nil {
		return err
	}
	if cut != nil { // the status is sent; the last line says why there are no more
		line := errorRow(nil, "", gridmap.Errorf(gridmap.Invalid, "输入在此中断，其后各行未处理: %w", cut))
		_, err := c.Response().Write(append(line, '\n'))
		return err
	}
	return nil
}
