package auth

import (
	"io"
	"strings"
	"time"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
)

// MakeKey makes an API key that lasts days (0: for ever) and returns its text,
// which is shown once.
func MakeKey(random io.Reader, label string, grants []gridmap.Grant, days, perMinute int64, by string, now time.Time) (string, gridmap.Key, error) {
	const mostLabel, mostDays, mostPerMinute = 100, 3650, 10_000_000
	label = strings.TrimSpace(label)
	switch {
	case label == "" || len([]rune(label)) > mostLabel:
		return "", gridmap.Key{}, gridmap.Errorf(gridmap.Invalid, "请写明密钥的用途，不超过 %d 个字 (a key needs a label)", mostLabel)
	case len(grants) == 0:
		return "", gridmap.Key{}, gridmap.Errorf(gridmap.Invalid, "密钥没有任何权限 (a key without grants)")
	case days < 0 || days > mostDays:
		return "", gridmap.Key{}, gridmap.Errorf(gridmap.Invalid, "有效天数应为 0（不到期）至 %d (bad number of days)", mostDays)
	case perMinute < 0 || perMinute > mostPerMinute:
		return "", gridmap.Key{}, gridmap.Errorf(gridmap.Invalid, "每分钟请求数应为 0（默认）至 %d (bad rate)", mostPerMinute)
	}
	text, id, hash, err := rights.NewKey(random)
	if err != nil {
		return "", gridmap.Key{}, err
	}
	k := gridmap.Key{ID: id, Hash: hash, Label: label, Grants: grants, PerMinute: int(perMinute), CreatedBy: by, CreatedAt: now}
	if days > 0 {
		k.ExpiresAt = now.AddDate(0, 0, int(days))
	}
	return text, k, nil
}
