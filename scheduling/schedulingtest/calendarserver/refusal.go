package calendarserver

import (
	"encoding/json"
	"net/http"
)

// refusal is an error of Google's
// (https://developers.google.com/workspace/calendar/api/guides/errors).
type refusal struct {
	status          int
	reason, message string
}

func (r *refusal) write(w http.ResponseWriter) {
	detail := map[string]any{"code": r.status, "message": r.message}
	if r.reason != "" {
		detail["errors"] = []map[string]string{{"domain": r.domain(), "reason": r.reason, "message": r.message}}
	}
	writeJSON(w, r.status, map[string]any{"error": detail})
}

func (r *refusal) domain() string {
	switch r.reason {
	case "rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded":
		return "usageLimits"
	case "timeRangeEmpty", "timeRangeTooLong", "forbiddenForNonOrganizer", "forbiddenForServiceAccounts", "fullSyncRequired":
		return "calendar"
	}
	return "global"
}

var (
	notFound     = &refusal{http.StatusNotFound, "notFound", "Not Found"}
	duplicate    = &refusal{http.StatusConflict, "duplicate", "The requested identifier already exists."}
	deleted      = &refusal{http.StatusGone, "deleted", "Resource has been deleted"}
	changed      = &refusal{http.StatusPreconditionFailed, "conditionNotMet", "Precondition Failed"}
	readOnly     = &refusal{http.StatusForbidden, "requiredAccessLevel", "You need to have writer access to this calendar."}
	fullSync     = &refusal{http.StatusGone, "fullSyncRequired", "Sync token is no longer valid, a full sync is required."}
	noGuests     = &refusal{http.StatusForbidden, "forbiddenForServiceAccounts", "Service accounts cannot invite attendees without Domain-Wide Delegation of Authority."}
	emptyRange   = &refusal{http.StatusBadRequest, "timeRangeEmpty", "The specified time range is empty."}
	tooLongRange = &refusal{http.StatusBadRequest, "timeRangeTooLong", "The requested time range is too long."}
)

func invalid(message string) *refusal {
	return &refusal{http.StatusBadRequest, "invalid", message}
}

func required(message string) *refusal {
	return &refusal{http.StatusBadRequest, "required", message}
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // all that is answered can be written
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	_, _ = w.Write(text)
}
