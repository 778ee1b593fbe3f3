package plan

import (
	"encoding/json"
	"strconv"

	"cloudgrid/gridmap"
)

// maxCapacity is far more staff than a city has.
const maxCapacity = 1_000_000

// sensible refuses new operations that can be applied, but are surely mistakes.
// Those that are in a log already are applied as they are, so that it can
// always be replayed.
func sensible(op gridmap.PlanOp) error {
	if op.Kind != SetAttrs {
		return nil
	}
	var body attrsBody
	if err := json.Unmarshal(op.Body, &body); err != nil {
		return gridmap.Errorf(gridmap.Invalid, "操作 %s 的内容读不懂：%v (bad body)", op.Kind, err)
	}
	if body.Capacity != nil {
		return checkCapacity(*body.Capacity)
	}
	if text := body.Attrs[capacityAttr]; text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			return gridmap.Errorf(gridmap.Invalid, "人员配备应为整数 (the capacity is no whole number)")
		}
		return checkCapacity(n)
	}
	return nil
}

func checkCapacity(n int) error {
	if n < 0 || n > maxCapacity {
		return gridmap.Errorf(gridmap.Invalid, "人员配备 %d 应在 0 至 %d 之间 (capacity out of range)", n, maxCapacity)
	}
	return nil
}
