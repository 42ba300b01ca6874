package ical

import (
	"net/http"

	"github.com/frontdesk-go/frontdesk/internal/dialguard"
)

// publicClient connects to public addresses only, so that a calendar's address leads nobody into the
// host's own network.
func publicClient() *http.Client {
	return &http.Client{Transport: new(dialguard.Guard).Transport()}
}
