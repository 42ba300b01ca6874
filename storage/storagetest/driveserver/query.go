package driveserver

import (
	"errors"
	"slices"
	"strings"
)

var errQuery = errors.New("q")

// query is a part of Drive's search language
// (https://developers.google.com/workspace/drive/api/guides/ref-search-terms): names,
// types, parents, the trash and app properties, with and, or, not and parentheses. The
// zero query matches everything.
type query struct {
	operator string // "and", "or", "not", or that of a term
	field    string
	key      string // of a property
	value    string
	parts    []query
}

// parseQuery parses the parameter "q".
func parseQuery(text string) (query, error) {
	if strings.TrimSpace(text) == "" {
		return query{}, nil
	}
	p := &queryParser{}
	if err := p.split(text); err != nil {
		return query{}, err
	}
	q := p.or(0)
	if p.failed || len(p.words) > 0 {
		return query{}, errQuery
	}
	return q, nil
}

const maxDepth = 32

// queryParser reads words. Texts in quotes begin with a quote in words, and hold no
// escapes any more.
type queryParser struct {
	words  []string
	failed bool
}

// split cuts a query into words.
func (p *queryParser) split(text string) error {
	for text != "" {
		switch c := text[0]; {
		case c == ' ':
			text = text[1:]
		case c == '\'':
			value, rest, ok := unquote(text[1:])
			if !ok {
				return errQuery
			}
			p.words, text = append(p.words, "'"+value), rest
		case strings.HasPrefix(text, "!="):
			p.words, text = append(p.words, "!="), text[2:]
		case strings.IndexByte("(){}=", c) >= 0:
			p.words, text = append(p.words, text[:1]), text[1:]
		default:
			end := strings.IndexAny(text, " '(){}=!")
			if end == 0 {
				return errQuery
			}
			if end < 0 {
				end = len(text)
			}
			p.words, text = append(p.words, text[:end]), text[end:]
		}
	}
	return nil
}

// unquote reads up to the quote that ends a text.
func unquote(text string) (value, rest string, ok bool) {
	var b strings.Builder
	for n := 0; n < len(text); n++ {
		switch text[n] {
		case '\'':
			return b.String(), text[n+1:], true
		case '\\':
			n++
			if n == len(text) {
				return "", "", false
			}
		}
		b.WriteByte(text[n])
	}
	return "", "", false
}

func (p *queryParser) peek() string {
	if len(p.words) == 0 {
		return ""
	}
	return p.words[0]
}

func (p *queryParser) next() string {
	word := p.peek()
	if len(p.words) > 0 {
		p.words = p.words[1:]
	}
	return word
}

func (p *queryParser) expect(word string) { p.failed = p.next() != word || p.failed }

// text reads a text in quotes.
func (p *queryParser) text() string {
	value, quoted := strings.CutPrefix(p.next(), "'")
	p.failed = p.failed || !quoted
	return value
}

func (p *queryParser) or(depth int) query {
	return p.chain("or", func() query { return p.chain("and", func() query { return p.unary(depth) }) })
}

func (p *queryParser) chain(operator string, part func() query) query {
	parts := []query{part()}
	for !p.failed && p.peek() == operator {
		p.next()
		parts = append(parts, part())
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return query{operator: operator, parts: parts}
}

func (p *queryParser) unary(depth int) query {
	switch {
	case depth > maxDepth:
		p.failed = true
		return query{}
	case p.peek() == "not":
		p.next()
		return query{operator: "not", parts: []query{p.unary(depth + 1)}}
	case p.peek() == "(":
		p.next()
		q := p.or(depth + 1)
		p.expect(")")
		return q
	}
	return p.term()
}

func (p *queryParser) term() query {
	if strings.HasPrefix(p.peek(), "'") {
		q := query{operator: "in", field: "parents", value: p.text()}
		p.expect("in")
		p.expect("parents")
		return q
	}
	q := query{field: p.next(), operator: p.next()}
	switch q.field {
	case "name", "mimeType":
		p.failed = p.failed || !slices.Contains([]string{"=", "!=", "contains"}, q.operator)
		q.value = p.text()
	case "trashed":
		q.value = p.next()
		p.failed = p.failed || q.operator != "=" && q.operator != "!=" || q.value != "true" && q.value != "false"
	case "appProperties":
		p.failed = p.failed || q.operator != "has"
		p.property(&q)
	default:
		p.failed = true
	}
	return q
}

func (p *queryParser) property(q *query) {
	for _, word := range []string{"{", "key", "="} {
		p.expect(word)
	}
	q.key = p.text()
	for _, word := range []string{"and", "value", "="} {
		p.expect(word)
	}
	q.value = p.text()
	p.expect("}")
}

// byParent reports whether a query asks for what is in a folder.
func (q query) byParent() bool {
	return q.field == "parents" || q.operator == "and" && slices.ContainsFunc(q.parts, query.byParent)
}

func (q query) matches(s *Server, i *item) bool {
	matches := func(part query) bool { return part.matches(s, i) }
	switch q.operator {
	case "":
		return true
	case "or":
		return slices.ContainsFunc(q.parts, matches)
	case "and":
		return !slices.ContainsFunc(q.parts, func(part query) bool { return !matches(part) })
	case "not":
		return !matches(q.parts[0])
	case "!=":
		return !q.is(s, i, strings.EqualFold)
	case "contains":
		return q.is(s, i, contains)
	}
	return q.is(s, i, strings.EqualFold)
}

// is compares the field of a term.
func (q query) is(s *Server, i *item, same func(have, want string) bool) bool {
	switch q.field {
	case "parents":
		parent := s.find(q.value)
		return parent != nil && i.parent == parent.id
	case "name":
		return same(i.name, q.value)
	case "mimeType":
		return same(i.mimeType, q.value)
	case "trashed":
		return s.inTrash(i) == (q.value == "true")
	}
	value, found := i.properties[q.key]
	return found && value == q.value
}

// contains finds what a word begins with, as Drive does.
func contains(have, want string) bool {
	have, want = strings.ToLower(have), strings.ToLower(want)
	return strings.HasPrefix(have, want) || strings.Contains(have, " "+want)
}
