package ical

import (
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// writer writes content lines. It keeps its first error.
type writer struct {
	out  io.Writer
	line []byte
	err  error
}

// text writes a property whose value is text.
func (w *writer) text(name, value string) {
	if value = clean(value); value != "" {
		w.raw(name, escaper.Replace(value))
	}
}

// raw writes a property whose value is written as it is.
func (w *writer) raw(name, value string) {
	w.line = append(w.line[:0], name...)
	w.line = append(append(w.line, ':'), value...)
	w.flush()
}

func (w *writer) time(name string, t time.Time) {
	w.raw(name, t.UTC().Format("20060102T150405Z"))
}

// flush writes the line, folded between characters.
func (w *writer) flush() {
	for rest, room := w.line, maxOctets; len(rest) > 0 && w.err == nil; room = maxOctets - 1 {
		n := fold(rest, room)
		if len(rest) < len(w.line) {
			w.write(" ")
		}
		w.write(string(rest[:n]), newLine)
		rest = rest[n:]
	}
}

func (w *writer) write(texts ...string) {
	for _, text := range texts {
		if w.err == nil {
			_, w.err = io.WriteString(w.out, text)
		}
	}
}

// fold is how many octets of the line fit, without cutting a character.
func fold(line []byte, room int) int {
	if len(line) <= room {
		return len(line)
	}
	for room > 1 && !utf8.RuneStart(line[room]) {
		room--
	}
	return room
}

var (
	escaper   = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`)
	lineEnds  = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")
	parameter = strings.NewReplacer("^", "^^", "\n", "^n", `"`, "^'", `\`, "/")
)

// clean is text without what no text has: control characters, and bytes that are not
// UTF-8. What some readers take to end a line becomes a newline.
func clean(text string) string {
	text = lineEnds.Replace(strings.ToValidUTF8(text, "\uFFFD"))
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if isControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, text))
}

func isControl(r rune) bool { return r < ' ' || r >= 0x7f && r <= 0x9f }

// quoted is a parameter's value as RFC 6868 has it. A backslash would be allowed, but many readers
// take it to escape what follows, be it the quote at the end.
func quoted(value string) string { return `"` + parameter.Replace(clean(value)) + `"` }
