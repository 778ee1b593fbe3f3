// Package jsontext appends JSON text without reflection or garbage, for answers
// that are written thousands of times a second.
package jsontext

import "unicode/utf8"

// Key appends a key as it stands, which brings its own comma and colon, and a
// JSON string.
func Key(b []byte, key, value string) []byte { return String(append(b, key...), value) }

// String appends a JSON string.
func String(b []byte, s string) []byte {
	return append(Text(append(b, '"'), s), '"')
}

// Text appends the inside of a JSON string. It escapes what JSON demands
// and the characters that HTML or a script could stumble over.
func Text(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	plain := 0 // where what needs no escape began
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c < utf8.RuneSelf && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&' && c != 0x7f {
			i++
			continue
		}
		n := 1
		if c >= utf8.RuneSelf {
			var r rune
			r, n = utf8.DecodeRuneInString(s[i:])
			if (r != utf8.RuneError || n > 1) && r != '\u2028' && r != '\u2029' {
				i += n
				continue
			}
			b = append(b, s[plain:i]...)
			if r == utf8.RuneError {
				b = append(b, `\ufffd`...)
			} else { // line ends in old JavaScript
				b = append(append(b, `\u202`...), hex[r&15])
			}
		} else {
			b = append(b, s[plain:i]...)
			if c == '"' || c == '\\' {
				b = append(b, '\\', c)
			} else {
				b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			}
		}
		i += n
		plain = i
	}
	return append(b, s[plain:]...)
}

// Comma appends a comma before every element of a list but the first.
func Comma(b []byte, i int) []byte {
	if i > 0 {
		return append(b, ',')
	}
	return b
}
