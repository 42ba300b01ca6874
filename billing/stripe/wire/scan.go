package wire

// maxDepth bounds nesting. Stripe's objects stay below 20.
const maxDepth = 500

// scanner walks JSON once, byte by byte, and checks it against RFC 8259. Its
// methods start at a value and end behind it; they report false at the first
// error, and then the position means nothing.
type scanner struct {
	data  []byte
	pos   int
	depth int
}

// space skips white space.
func (s *scanner) space() {
	for s.pos < len(s.data) {
		switch s.data[s.pos] {
		case ' ', '\t', '\r', '\n':
			s.pos++
		default:
			return
		}
	}
}

// peek returns the byte at the position, or 0 at the end, which no value starts with.
func (s *scanner) peek() byte {
	if s.pos < len(s.data) {
		return s.data[s.pos]
	}
	return 0
}

// next steps over c, if it is there.
func (s *scanner) next(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.pos++
	return true
}

// end reports whether nothing but white space is left.
func (s *scanner) end() bool {
	s.space()
	return s.pos == len(s.data)
}

// raw returns the value at the position as it is written.
func (s *scanner) raw() ([]byte, bool) {
	start := s.pos
	ok := s.value()
	return s.data[start:s.pos], ok
}

func (s *scanner) value() bool {
	switch c := s.peek(); {
	case c == '"':
		return s.text()
	case c == '{':
		return s.object(nil)
	case c == '[':
		return s.array()
	case c == '-' || isDigit(c):
		return s.number()
	case c == 't':
		return s.word("true")
	case c == 'f':
		return s.word("false")
	case c == 'n':
		return s.word("null")
	}
	return false
}

// object calls member at every value with its key as it is written, quotes
// included. Member must step over the value; nil skips it.
func (s *scanner) object(member func(key []byte) bool) bool {
	if s.depth++; s.depth > maxDepth || !s.next('{') {
		return false
	}
	if s.space(); s.next('}') {
		s.depth--
		return true
	}
	for {
		key, ok := s.key()
		if !ok {
			return false
		}
		if member == nil {
			ok = s.value()
		} else {
			ok = member(key)
		}
		if !ok {
			return false
		}
		if s.space(); s.next('}') {
			s.depth--
			return true
		}
		if !s.next(',') {
			return false
		}
	}
}

// key steps over a key and its colon to the value.
func (s *scanner) key() ([]byte, bool) {
	s.space()
	start := s.pos
	if !s.text() {
		return nil, false
	}
	key := s.data[start:s.pos]
	s.space()
	if !s.next(':') {
		return nil, false
	}
	s.space()
	return key, true
}

func (s *scanner) array() bool {
	if s.depth++; s.depth > maxDepth || !s.next('[') {
		return false
	}
	if s.space(); s.next(']') {
		s.depth--
		return true
	}
	for {
		if s.space(); !s.value() {
			return false
		}
		if s.space(); s.next(']') {
			s.depth--
			return true
		}
		if !s.next(',') {
			return false
		}
	}
}

// text steps over a string. Bytes that are not UTF-8 pass, as they do in encoding/json.
func (s *scanner) text() bool {
	if !s.next('"') {
		return false
	}
	for {
		data, i := s.data, s.pos
		for i < len(data) && !special[data[i]] {
			i++
		}
		s.pos = i
		if s.next('"') {
			return true
		}
		if !s.next('\\') || !s.escape() {
			return false
		}
	}
}

// special are the bytes that do not stand for themselves in a string.
var special = func() (bytes [256]bool) {
	for c := range byte(' ') {
		bytes[c] = true
	}
	bytes['"'], bytes['\\'] = true, true
	return bytes
}()

// escape steps over what follows a backslash.
func (s *scanner) escape() bool {
	switch s.peek() {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.pos++
		return true
	case 'u':
		s.pos++
		for range 4 {
			if !isHex(s.peek()) {
				return false
			}
			s.pos++
		}
		return true
	}
	return false
}

func (s *scanner) number() bool {
	s.next('-')
	if !s.next('0') && !s.digits() {
		return false
	}
	if s.next('.') && !s.digits() {
		return false
	}
	if s.next('e') || s.next('E') {
		if !s.next('+') {
			s.next('-')
		}
		return s.digits()
	}
	return true
}

func (s *scanner) digits() bool {
	start := s.pos
	for isDigit(s.peek()) {
		s.pos++
	}
	return s.pos > start
}

func (s *scanner) word(w string) bool {
	if len(s.data)-s.pos < len(w) || string(s.data[s.pos:s.pos+len(w)]) != w {
		return false
	}
	s.pos += len(w)
	return true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isHex(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
