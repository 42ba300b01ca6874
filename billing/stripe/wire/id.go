package wire

import (
	"encoding/json"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// id is a reference to another object: its id, the object itself where it was
// expanded, or null.
type id string

func (i *id) UnmarshalJSON(raw []byte) error {
	*i = ""
	switch raw[0] {
	case 'n':
		return nil
	case '{':
		var expanded struct{ ID string }
		if err := json.Unmarshal(raw, &expanded); err != nil {
			return err
		}
		*i = id(expanded.ID)
	default:
		if err := json.Unmarshal(raw, (*string)(i)); err != nil {
			return err
		}
	}
	if len(*i) > maxID {
		return frontdesk.Errorf(frontdesk.Invalid, "an id must not have more than %d bytes", maxID)
	}
	return nil
}

// idOf reads a reference leniently: what is none is "".
func idOf(raw []byte) string {
	if len(raw) == 0 || raw[0] == '"' {
		return plain(raw)
	}
	var i id
	if unmarshal(raw, &i) != nil {
		return ""
	}
	return string(i)
}

// optional is a reference that tells a missing key from null.
type optional struct {
	id
	present bool
}

func (o *optional) UnmarshalJSON(raw []byte) error {
	o.present = true
	return o.id.UnmarshalJSON(raw)
}

// unix is a time in Unix seconds; 0 and null are no time.
type unix int64

// lastSecond ends the year 9999, behind which times have no JSON.
const lastSecond = 253402300799

func (u unix) time() time.Time { return at(int64(u)) }

func at(seconds int64) time.Time {
	if seconds <= 0 || seconds > lastSecond {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}
