package api

// fields are the members of one row, as slices of the line they were scanned
// from; text values are without their quotes, id keeps its token.
type fields struct {
	id, lon, lat, crs []byte
	other             bool // a member that changes the question: address, network, level, accuracy, at, out_crs, duty, matter
}

// scanRow reads a flat JSON object of numbers and plain strings and returns
// what follows it. It is the fast path of a batch: anything it does not expect,
// valid or not, makes ok false, and the full parser decides.
func scanRow(b []byte, f *fields) (rest []byte, ok bool) {
	*f = fields{}
	b = skipSpace(b)
	if len(b) == 0 || b[0] != '{' {
		return b, false
	}
	b = skipSpace(b[1:])
	for {
		var key, value []byte
		if key, b, ok = scanString(b); !ok {
			return b, false
		}
		if b = skipSpace(b); len(b) == 0 || b[0] != ':' {
			return b, false
		}
		token := skipSpace(b[1:])
		if len(token) > 0 && token[0] == '"' {
			value, b, ok = scanString(token)
		} else {
			value, b, ok = scanNumber(token)
		}
		if !ok {
			return b, false
		}
		f.set(key, value, token[:len(token)-len(b)])
		if b = skipSpace(b); len(b) == 0 {
			return b, false
		}
		if b[0] == '}' {
			return b[1:], true
		}
		if b[0] != ',' {
			return b, false
		}
		b = skipSpace(b[1:])
	}
}

func (f *fields) set(key, value, token []byte) {
	switch string(key) {
	case "id":
		f.id = token
	case "lon":
		f.lon = value
	case "lat":
		f.lat = value
	case "crs":
		f.crs = value
	case "accuracy", "address", "network", "level", "at", "out_crs", "duty", "matter":
		f.other = true
	}
}

func skipSpace(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t' || b[0] == '\r' || b[0] == '\n') {
		b = b[1:]
	}
	return b
}

// scanString reads a string without escapes or control characters.
func scanString(b []byte) (text, rest []byte, ok bool) {
	if len(b) == 0 || b[0] != '"' {
		return nil, b, false
	}
	for i := 1; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			return b[1:i], b[i+1:], true
		case c == '\\' || c < 0x20 || c >= 0x80: // the full parser also checks UTF-8
			return nil, b, false
		}
	}
	return nil, b, false
}

// scanNumber reads -?digits[.digits], without exponent.
func scanNumber(b []byte) (text, rest []byte, ok bool) {
	i := 0
	if i < len(b) && b[i] == '-' {
		i++
	}
	digits := i
	for i < len(b) && b[i] >= '0' && b[i] <= '9' {
		i++
	}
	if i == digits || i > digits+1 && b[digits] == '0' {
		return nil, b, false
	}
	if i < len(b) && b[i] == '.' {
		point := i
		i++
		for i < len(b) && b[i] >= '0' && b[i] <= '9' {
			i++
		}
		if i == point+1 {
			return nil, b, false
		}
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		return nil, b, false
	}
	return b[:i], b[i:], true
}
