package storagehttp

import (
	"mime"
	"strings"
	"unicode"
	"unicode/utf8"
)

// fileName is the name in the Content-Disposition of an upload, without the folders that
// some browsers put before it; empty when there is none.
func fileName(disposition string) string {
	_, parameters, err := mime.ParseMediaType(disposition)
	if err != nil {
		return ""
	}
	return lastElement(parameters["filename"])
}

func lastElement(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	if strings.Trim(name, ".") == "" {
		return ""
	}
	return name
}

// disposition is the Content-Disposition of a download (RFC 6266): the name once in ASCII, for old
// readers, and once as it is (RFC 8187), without what changes how text around it looks.
func disposition(kind, name string) string {
	name = printable(name)
	return kind + `; filename="` + ascii(name) + `"; filename*=UTF-8''` + percent(name)
}

// printable drops control and format characters, and separators that name folders.
func printable(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, unicode.Is(unicode.C, r), unicode.In(r, unicode.Zl, unicode.Zp):
			return -1
		case r == '/', r == '\\':
			return '_'
		}
		return r
	}, name)
	if strings.Trim(name, ". ") == "" {
		return "document"
	}
	return name
}

// ascii stands '_' for what a quoted string does not hold, and for '%', which some
// readers decode.
func ascii(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(`"\%`, r) {
			return '_'
		}
		return r
	}, name)
}

// percent encodes all but the attr-char of RFC 8187.
func percent(name string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(name) {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("!#$&+-.^_`|~", c) >= 0:
			b.WriteByte(c)
		default:
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}
