package calendarserver

import (
	"encoding/base64"
	"encoding/json"
)

// page is where a page begins. Version is that of the first page, so that the sync token on the
// last one covers what has changed since.
type page struct {
	Version        int64
	Serial, Offset int
}

// next is the page after one that ends in e.
func (q *query) next(e *event) page {
	return page{Version: q.from.Version, Serial: e.serial, Offset: q.from.Offset + q.size}
}

// syncToken is what is known of a calendar.
type syncToken struct {
	Calendar string
	Single   bool
	Version  int64
	At       int64 // when it was told
}

// String is the token as it is told.
func (p page) String() string { return encode("P", p) }

// String is the token as it is told.
func (t syncToken) String() string { return encode("S", t) }

func (p *page) parse(text string) bool      { return decode("P", text, p) && p.Offset >= 0 }
func (t *syncToken) parse(text string) bool { return decode("S", text, t) }

func encode(kind string, v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // numbers and texts can be written
	}
	return kind + base64.RawURLEncoding.EncodeToString(text)
}

func decode(kind, text string, v any) bool {
	if len(text) < 2 || text[:1] != kind {
		return false
	}
	raw, err := base64.RawURLEncoding.DecodeString(text[1:])
	return err == nil && json.Unmarshal(raw, v) == nil
}
