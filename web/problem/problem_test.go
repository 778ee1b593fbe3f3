package problem

import (
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"cloudgrid/gridmap"
)

func TestARefusalDoesNotSayTheWholeRequestAgain(t *testing.T) {
	long := strings.Repeat("长", 1_000_000)
	var causes []error
	for range 1000 {
		causes = append(causes, &huma.ErrorDetail{Message: "expected object", Location: "body.name", Value: map[string]any{"x": long}})
	}
	d, ok := Library(422, "validation failed", causes...).(Status)
	if !ok || len(d.Detail) > 8000 || !strings.Contains(d.Detail, "expected object") || !strings.Contains(d.Detail, "body.name") {
		t.Errorf("%d bytes: %.200s", len(d.Detail), d.Detail)
	}
	if got := Of(gridmap.Errorf(gridmap.Invalid, "没有任务 %q", long)); len(got.Detail) > 8000 || !strings.HasPrefix(got.Detail, "没有任务") {
		t.Errorf("%d bytes", len(got.Detail))
	}
	if got := Of(gridmap.Errorf(gridmap.Invalid, "短的")); got.Detail != "短的" {
		t.Error(got.Detail)
	}
}
