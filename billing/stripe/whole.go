package stripe

import (
	"encoding/json"
	"iter"
)

// whole decodes an object that Stripe shows with the first part of a list. If there
// is more, all of the list takes its place.
func whole[T any](raw []byte, account, field string, all iter.Seq2[*json.RawMessage, error], decode decoder[T]) (*T, error) {
	more, err := hasMore(raw, field)
	if err != nil {
		return nil, unreadable(request{}, err)
	}
	if more {
		data := []*json.RawMessage{}
		for item, err := range all {
			if err != nil {
				return nil, err
			}
			data = append(data, item)
		}
		if raw, err = replaced(raw, field, map[string]any{"data": data}); err != nil {
			return nil, unreadable(request{}, err)
		}
	}
	object, err := decode(raw, account)
	if err != nil {
		return nil, unreadable(request{}, err)
	}
	return object, nil
}

// hasMore reports whether the list in that field of an object shows only its first part.
func hasMore(raw []byte, field string) (bool, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return false, err
	}
	var shown struct {
		HasMore bool `json:"has_more"`
	}
	if len(fields[field]) == 0 {
		return false, nil
	}
	err := json.Unmarshal(fields[field], &shown)
	return shown.HasMore, err
}

// undecoded is the decoder of what is decoded later.
func undecoded(raw []byte, _ string) (*json.RawMessage, error) {
	message := json.RawMessage(raw)
	return &message, nil
}

// replaced returns the object raw with another value of one of its fields.
func replaced(raw []byte, field string, value any) ([]byte, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, err
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	fields[field] = encoded
	return json.Marshal(fields)
}
