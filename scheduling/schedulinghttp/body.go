package schedulinghttp

import (
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// maxJSON is how many bytes a body may have: a schedule with all the overrides that it may hold fits.
const maxJSON = 256 << 10

// body reads the body of a request up to maxJSON, all of it within the time.
func (h *handler) body(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	control := http.NewResponseController(w)
	// A server without read deadlines has timeouts of its own.
	_ = control.SetReadDeadline(time.Now().Add(h.ReadTimeout))
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxJSON))
	if _, over := errors.AsType[*http.MaxBytesError](err); over {
		return nil, frontdesk.Errorf(frontdesk.Invalid, "the body is longer than %d bytes: %w", maxJSON, err)
	}
	if err != nil {
		return nil, frontdesk.Errorf(frontdesk.Invalid, "the body did not arrive: %w", err)
	}
	// Past the body, the deadline would cancel the request while it commits.
	_ = control.SetReadDeadline(time.Time{})
	return raw, nil
}
