package drive

import (
	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/internal/googlecall"
)

// NewFromKey returns a store that acts as a service account, or as Options.Subject where
// domain-wide delegation allows it. Key is the JSON file that Google gives out. It makes
// no request. It returns Invalid when the key cannot be read ("key"), and what [New] returns.
func NewFromKey(key frontdesk.Secret, o *Options) (*Store, error) {
	if o == nil {
		o = &Options{}
	}
	tokens, err := googlecall.KeySource(key, o.Subject, o.HTTPClient, Scope)
	if err != nil {
		return nil, err
	}
	return New(tokens, o)
}
