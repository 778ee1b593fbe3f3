package plan

import (
	"strings"
	"unicode"

	"cloudgrid/gridmap"
)

// Bounds of what people call things.
const (
	maxCodeRunes  = 64
	maxNameRunes  = 100
	maxAttrs      = 100
	maxValueRunes = 2000
)

// checkText complains about text that no store keeps or no sign can show: it is
// refused when it is entered, not when the plan is published.
func checkText(what, text string, most int) error {
	switch {
	case len([]rune(text)) > most:
		return gridmap.Errorf(gridmap.Invalid, "%s超过 %d 个字 (too long)", what, most)
	case strings.ContainsFunc(text, unicode.IsControl):
		return gridmap.Errorf(gridmap.Invalid, "%s %q 含有控制字符 (control characters)", what, text)
	}
	return nil
}

// checkAttrs does so for attributes.
func checkAttrs(attrs map[string]string) error {
	if len(attrs) > maxAttrs {
		return gridmap.Errorf(gridmap.Invalid, "属性超过 %d 项 (too many attributes)", maxAttrs)
	}
	for k, v := range attrs {
		if k == "" {
			return gridmap.Errorf(gridmap.Invalid, "属性没有名称 (an attribute without a name)")
		}
		if err := checkText("属性名", k, maxNameRunes); err != nil {
			return err
		}
		if len([]rune(v)) > maxValueRunes || strings.ContainsRune(v, 0) {
			return gridmap.Errorf(gridmap.Invalid, "属性 %s 的值太长或含有空字符 (bad value)", k)
		}
	}
	return nil
}
