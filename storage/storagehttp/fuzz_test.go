package storagehttp

import (
	"fmt"
	"mime"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func FuzzPartRange(f *testing.F) {
	for _, seed := range []string{"bytes 0-99/1000", "bytes */1000", "bytes 0-0/1", "bytes 5-4/10", "bytes 0-9/9", "bytes 0-99999999999999999999/99999999999999999999", "bytes", "", "bytes -1-2/3", "bytes 0-1/*"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		p, err := parsePartRange(header)
		if err != nil {
			return
		}
		if p.total < 0 || !p.asks && (p.first < 0 || p.length <= 0 || p.first > p.total-p.length) {
			t.Errorf("%q is %+v: a part lies in its content", header, p)
		}
	})
}

func FuzzRange(f *testing.F) {
	for _, seed := range []string{"bytes=0-1", "bytes=-5", "bytes=5-", "bytes=-0", "bytes=1-0", "bytes=0-1,2-3", "bytes=99999999999999999999-", "x=0-1", ""} {
		f.Add(seed, int64(10))
		f.Add(seed, int64(0))
	}
	f.Fuzz(func(t *testing.T, header string, size int64) {
		if size < 0 {
			return
		}
		s, partial, satisfiable := wanted(header, size)
		switch {
		case !partial && (s != span{0, size} || !satisfiable):
			t.Errorf("%q of %d is %+v: what is no part is all of it", header, size, s)
		case satisfiable && (s.first < 0 || s.length < 0 || s.first > size-s.length || partial && s.length == 0):
			t.Errorf("%q of %d is %+v: a part lies in its content", header, size, s)
		}
	})
}

func FuzzDisposition(f *testing.F) {
	for _, seed := range []string{"a.txt", `"; filename="b.exe`, "a\r\nSet-Cookie: x", "😀.txt", "invoice\u202efdp.exe", "../../etc/passwd", `..\x`, "\xff\xfe", "", "...", "%41", "a\u2028b", "ﬁ\u0301"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		header := disposition("attachment", name)
		for _, c := range []byte(header) {
			if c < ' ' || c > '~' {
				t.Fatalf("%q becomes %q: a header is printable ASCII", name, header)
			}
		}
		kind, parameters, err := mime.ParseMediaType(header)
		if err != nil || kind != "attachment" || len(parameters) != 1 {
			t.Fatalf("%q becomes %q, which reads as %q %v: %v", name, header, kind, parameters, err)
		}
		got := parameters["filename"]
		if got != printable(name) || got == "" || strings.ContainsAny(got, `/\`) || strings.ContainsFunc(got, unicode.IsControl) {
			t.Errorf("%q arrives as %q", name, got)
		}
	})
}

func FuzzFileName(f *testing.F) {
	for _, seed := range []string{`form-data; name="file"; filename="a.txt"`, `attachment; filename*=UTF-8''a%2Fb.txt`, `attachment; filename="..\\..\\x"`, `attachment; filename=".."`, `attachment; filename*=UTF-8''%00`, `attachment; filename*0="a"; filename*1="/b"`, ";;;", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		if name := fileName(header); strings.ContainsAny(name, `/\`) || name == "." || name == ".." {
			t.Errorf("%q names %q, which leads somewhere", header, name)
		}
	})
}

func TestFileNameOfBrowsers(t *testing.T) {
	for header, want := range map[string]string{
		`form-data; name="file"; filename="Grüße.txt"`:                         "Grüße.txt",
		`form-data; name="file"; filename="C:\\fake\\a.txt"`:                   "a.txt",
		`attachment; filename="old.txt"; filename*=UTF-8''neu%20%E2%82%AC.txt`: "neu €.txt",
		`attachment; filename=plain.txt`:                                       "plain.txt",
		`attachment`:                                                           "",
		`attachment; filename="a/"`:                                            "",
	} {
		t.Run(fmt.Sprintf("%s names %q", header, want), func(t *testing.T) {
			if got := fileName(header); got != want || !utf8.ValidString(got) {
				t.Errorf("got %q", got)
			}
		})
	}
}
