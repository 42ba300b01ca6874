package wire

import (
	"encoding/json"

	"github.com/frontdesk-go/frontdesk"
)

// listJSON is a list inside an object or as an answer.
type listJSON[T any] struct {
	Data    []T  `json:"data"`
	HasMore bool `json:"has_more"`
}

// List reads a page of objects, and whether there are more behind it. What has no
// "data" is Invalid.
func List(raw []byte) (data []json.RawMessage, hasMore bool, err error) {
	var page listJSON[json.RawMessage]
	if err := unmarshal(raw, &page); err != nil {
		return nil, false, err
	}
	if page.Data == nil {
		return nil, false, frontdesk.Errorf(frontdesk.Invalid, "Stripe's list has no data")
	}
	return page.Data, page.HasMore, nil
}
