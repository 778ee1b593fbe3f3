// Package problem is how every face of the web server says no: RFC 9457
// problem details, from the one error type of the domain.
package problem

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
)

// MediaType of an answer that says no (RFC 9457).
const MediaType = "application/problem+json"

// Details is the body. Code is the domain's error code; Detail is for people,
// Chinese first.
type Details struct {
	Type     string  `json:"type"`
	Title    string  `json:"title"`
	Status   int     `json:"status"`
	Detail   string  `json:"detail"`
	Code     string  `json:"code"`
	Instance string  `json:"instance,omitempty"` // the request id, to quote when asking for help
	Lon      float64 `json:"lon,omitempty"`      // where on the map, WGS84
	Lat      float64 `json:"lat,omitempty"`

	wait time.Duration // until it may be asked again, where that is known
}

// Later is an error that knows when the same request may do better.
type Later struct {
	Err  error
	Wait time.Duration
}

func (e *Later) Error() string { return e.Err.Error() }

func (e *Later) Unwrap() error { return e.Err }

// retryAfter is how long to wait, in seconds, before a busy server is asked
// again.
const retryAfter = "5"

// again is the header Retry-After.
func (d Details) again() string {
	if d.wait > 0 {
		return strconv.Itoa(int(math.Ceil(d.wait.Seconds())))
	}
	return retryAfter
}

// busy tells whether the same request may do better later.
func (d Details) busy() bool {
	return d.Status == http.StatusServiceUnavailable || d.Status == http.StatusInsufficientStorage || d.Status == http.StatusTooManyRequests
}

// StatusOf maps the domain's codes to HTTP, for every face alike.
func StatusOf(code gridmap.Code) int {
	switch code {
	case gridmap.Invalid:
		return http.StatusBadRequest
	case gridmap.Conflict:
		return http.StatusConflict
	case gridmap.NotFound:
		return http.StatusNotFound
	case gridmap.Forbidden:
		return http.StatusForbidden
	case gridmap.Unavailable:
		return http.StatusServiceUnavailable
	case gridmap.Full:
		return http.StatusInsufficientStorage
	case gridmap.Busy:
		return http.StatusTooManyRequests
	case gridmap.Elsewhere:
		return http.StatusMisdirectedRequest
	case gridmap.Internal:
	}
	return http.StatusInternalServerError
}

var titles = map[int]string{
	http.StatusBadRequest:            "请求无效 Bad request",
	http.StatusUnauthorized:          "未登录 Unauthorized",
	http.StatusNotFound:              "没有找到 Not found",
	http.StatusMethodNotAllowed:      "不支持的方法 Method not allowed",
	http.StatusConflict:              "冲突 Conflict",
	http.StatusForbidden:             "无权限 Forbidden",
	http.StatusRequestTimeout:        "请求超时 Request timeout",
	http.StatusRequestEntityTooLarge: "请求过大 Request too large",
	http.StatusUnsupportedMediaType:  "不支持的内容类型 Unsupported media type",
	http.StatusTooManyRequests:       "请求过于频繁 Too many requests",
	http.StatusMisdirectedRequest:    "不在本服务器范围内 Out of this server's scope",
	http.StatusServiceUnavailable:    "暂时不可用 Unavailable",
	http.StatusInsufficientStorage:   "存储空间已满 Insufficient storage",
	http.StatusInternalServerError:   "服务器内部错误 Internal error",
}

// Of describes an error. What went wrong inside is not told to strangers: an
// internal error keeps its cause to the log.
func Of(err error) Details {
	d := Details{
		Type: "about:blank", Status: http.StatusInternalServerError, Code: string(gridmap.Internal),
		Detail: "服务器出错，已记录 (the server failed; it has been logged)",
	}
	var domain *gridmap.Error
	var plain *echo.HTTPError
	var large *http.MaxBytesError
	var later *Later
	if errors.As(err, &later) {
		d.wait = later.Wait
	}
	switch {
	case errors.As(err, &domain):
		d.Status, d.Code = StatusOf(domain.Code), string(domain.Code)
		switch domain.Code {
		case gridmap.Internal:
		case gridmap.Unavailable: // the message names the store and where it is
			d.Detail = "存储暂时不可用，请稍后再试 (the store cannot be reached now; try again later)"
		case gridmap.Full: // so does this one
			d.Detail = "存储空间已满，未作任何修改；腾出空间后自行恢复 (the store has no room left; nothing was changed; it resumes by itself once there is room)"
		default:
			d.Detail = domain.Message
		}
		if domain.At != nil {
			d.Lon, d.Lat = domain.At.LonLat()
		}
	case errors.As(err, &large):
		d.Status, d.Code, d.Detail = http.StatusRequestEntityTooLarge, "http", fmt.Sprintf("请求超过 %d 字节 (the request is too large)", large.Limit)
	case errors.Is(err, os.ErrDeadlineExceeded): // the client stopped sending
		d.Status, d.Code, d.Detail = http.StatusRequestTimeout, "http", "请求发送得太慢 (the request came in too slowly)"
	case errors.As(err, &plain):
		d.Status, d.Code = plain.Code, "http"
		if s, ok := plain.Message.(string); ok && plain.Code < 500 {
			d.Detail = s
		}
	}
	d.Detail = shorten(d.Detail, mostDetailRunes)
	d.Title = titles[d.Status]
	if d.Title == "" {
		d.Title = http.StatusText(d.Status)
	}
	return d
}

// Library makes an error of the OpenAPI library into one of ours: what it finds
// wrong with a request is Invalid, as everywhere.
func Library(status int, message string, causes ...error) huma.StatusError {
	if status == http.StatusUnprocessableEntity {
		status = http.StatusBadRequest
	}
	for i, cause := range causes {
		if i == mostCauses {
			message += "; …"
			break
		}
		if cause != nil {
			message += "; " + say(cause)
		}
	}
	d := Of(echo.NewHTTPError(status, message))
	if status == http.StatusBadRequest {
		d.Code = string(gridmap.Invalid)
	}
	return Status{d}
}

// Bounds of what of a request is said again when it is refused.
const (
	mostCauses      = 10
	mostValueRunes  = 80
	mostDetailRunes = 2000
)

// say is what the OpenAPI library found wrong, with no more of the value than
// shows which one it is. An object or a list is not said again: at worst it is
// the whole request, with a password that was sent to the wrong place.
func say(cause error) string {
	var found *huma.ErrorDetail
	if !errors.As(cause, &found) {
		return cause.Error()
	}
	switch found.Value.(type) {
	case map[string]any, []any:
		return found.Message + " (" + found.Location + ")"
	}
	short := *found
	if found.Value != nil {
		short.Value = shorten(fmt.Sprint(found.Value), mostValueRunes)
	}
	return short.Error()
}

func shorten(text string, runes int) string {
	if list := []rune(text); len(list) > runes {
		return string(list[:runes]) + "…"
	}
	return text
}

// Status carries problem details through the OpenAPI library.
type Status struct{ Details }

func (e Status) Error() string { return e.Detail }

// GetStatus implements huma.StatusError.
func (e Status) GetStatus() int { return e.Details.Status }

// GetHeaders implements huma.HeadersError, for what embeds the details.
func (d Details) GetHeaders() http.Header {
	if d.busy() {
		return http.Header{"Retry-After": {d.again()}}
	}
	return nil
}

// ContentType implements huma.ContentTypeFilter.
func (e Status) ContentType(string) string { return MediaType }

// MarshalJSON writes the details alone.
func (e Status) MarshalJSON() ([]byte, error) { return json.Marshal(e.Details) }

// Write answers with the problem.
func Write(c echo.Context, err error) error {
	return Send(c, Of(err))
}

// Send answers with a problem that is not an error of the domain.
func Send(c echo.Context, d Details) error {
	d.Instance = c.Response().Header().Get(echo.HeaderXRequestID)
	body, merr := json.Marshal(d)
	if merr != nil {
		return merr
	}
	if d.busy() && c.Response().Header().Get("Retry-After") == "" {
		c.Response().Header().Set("Retry-After", d.again())
	}
	return c.Blob(d.Status, MediaType, body)
}
