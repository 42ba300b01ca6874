package googlecalendar

import (
	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/internal/googlecall"
)

// NewFromKey returns a calendar that acts as a service account, or as Options.Subject where
// domain-wide delegation allows it. Key is the JSON file that Google gives out. It makes
// no request. It returns Invalid when the key cannot be read ("key"), and what [New] returns.
func NewFromKey(key frontdesk.Secret, o *Options) (*Calendar, error) {
	if o == nil {
		o = &Options{}
	}
	tokens, err := googlecall.KeySource(key, o.Subject, o.HTTPClient, ScopeEvents, ScopeFreeBusy)
	if err != nil {
		return nil, err
	}
	return New(tokens, o)
}
