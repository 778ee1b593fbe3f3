package gridmap

// MaskPhone hides the middle of a phone number, leaving at most three leading
// and four trailing characters and never more than half of it.
func MaskPhone(phone string) string {
	r := []rune(phone)
	head, tail := 3, 4
	if len(r) < 2*(head+tail)-3 { // 11 digits keep 3 + 4; shorter numbers keep their end only
		head, tail = 0, min(2, len(r)/4)
	}
	for i := head; i < len(r)-tail; i++ {
		if r[i] != '-' {
			r[i] = '*'
		}
	}
	return string(r)
}
