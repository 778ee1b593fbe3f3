package spatial

// ParseLonLat reads a position in decimal degrees straight to the lattice,
// rounding half away from zero at the eighth decimal, so that text means the
// same point wherever it is read; going through a float could round a half
// either way. ok is false for anything but plain decimals on the globe: an
// exponent, a plus sign, text. FromLonLat is for those.
func ParseLonLat[T ~string | ~[]byte](lon, lat T) (p Point, ok bool) {
	x, okX := parseDegrees(lon, MaxX)
	y, okY := parseDegrees(lat, MaxY)
	return Point{x, y}, okX && okY
}

func parseDegrees[T ~string | ~[]byte](t T, limit int32) (int32, bool) {
	i, negative := 0, len(t) > 0 && t[0] == '-'
	if negative {
		i++
	}
	from := i
	var steps int64
	for ; i < len(t) && t[i] != '.'; i++ {
		if t[i] < '0' || t[i] > '9' || i-from == 3 {
			return 0, false
		}
		steps = steps*10 + int64(t[i]-'0')
	}
	if i == from {
		return 0, false
	}
	i++ // the point
	for k := range 7 {
		steps *= 10
		if i+k < len(t) {
			if t[i+k] < '0' || t[i+k] > '9' {
				return 0, false
			}
			steps += int64(t[i+k] - '0')
		}
	}
	if i += 7; i < len(t) {
		if t[i] >= '5' && t[i] <= '9' {
			steps++
		}
		for ; i < len(t); i++ {
			if t[i] < '0' || t[i] > '9' {
				return 0, false
			}
		}
	}
	if steps > int64(limit) {
		return 0, false
	}
	if negative {
		steps = -steps
	}
	return int32(steps), true
}
