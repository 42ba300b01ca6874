package googlecalendar

import (
	"context"
	"log/slog"
	"time"

	calendargo "google.golang.org/api/calendar/v3"

	"github.com/frontdesk-go/frontdesk/internal/googlecall"
)

// looks are the pauses after which Put looks whether Google has made the video call.
var looks = []time.Duration{250 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second}

// createConference asks for a video call. Google makes one of a request id, however often
// it is asked.
func (p *put) createConference() *calendargo.ConferenceData {
	return &calendargo.ConferenceData{CreateRequest: &calendargo.CreateConferenceRequest{
		RequestId:             p.want.Id,
		ConferenceSolutionKey: &calendargo.ConferenceSolutionKey{Type: "hangoutsMeet"},
	}}
}

// hasConference reports whether a video call is there, is being made or has failed for good.
func hasConference(e *calendargo.Event) bool {
	return e.ConferenceData != nil && (len(e.ConferenceData.EntryPoints) > 0 || e.ConferenceData.CreateRequest != nil)
}

// madeConference reports whether the video call was made for an entry of ours.
func (p *put) madeConference(e *calendargo.Event) bool {
	return e.ConferenceData != nil && e.ConferenceData.CreateRequest != nil && e.ConferenceData.CreateRequest.RequestId == p.want.Id
}

func conferenceStatus(e *calendargo.Event) string {
	if e.ConferenceData == nil || e.ConferenceData.CreateRequest == nil || e.ConferenceData.CreateRequest.Status == nil {
		return ""
	}
	return e.ConferenceData.CreateRequest.Status.StatusCode
}

func conferenceURL(e *calendargo.Event) string {
	if e.ConferenceData != nil {
		for _, way := range e.ConferenceData.EntryPoints {
			if way != nil && way.EntryPointType == "video" {
				return way.Uri
			}
		}
	}
	return e.HangoutLink
}

// awaitConference looks a few times. The entry is written already, so nothing that goes wrong
// here is an error.
func (p *put) awaitConference(ctx context.Context, event *calendargo.Event) *calendargo.Event {
	for _, pause := range looks {
		if conferenceStatus(event) != "pending" || !googlecall.Worthwhile(ctx, pause) || googlecall.Sleep(ctx, pause) != nil {
			break
		}
		if now, err := p.read(ctx); err == nil {
			event = now
		}
	}
	if status := conferenceStatus(event); status == "failure" || status == "pending" {
		p.calendar.log.LogAttrs(ctx, slog.LevelWarn, "googlecalendar: there is no video call", slog.String("status", status))
	}
	return event
}
