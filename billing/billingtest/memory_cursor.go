package billingtest

import (
	"encoding/base64"
	"encoding/json"
	"strconv"

	"github.com/frontdesk-go/frontdesk"
)

// cursor names the place in the form that callers hand back.
func (p place) cursor() string {
	text, _ := json.Marshal(p) // fails only for years beyond 9999
	return base64.RawURLEncoding.EncodeToString(text)
}

func parseCursor(cursor string) (place, error) {
	var p place
	if cursor == "" {
		return p, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil || p.Row == 0 {
		return p, frontdesk.InvalidField("cursor", "is not one that a list returned")
	}
	return p, nil
}

func rowID(row int64) string { return "row_" + strconv.FormatInt(row, 10) }
