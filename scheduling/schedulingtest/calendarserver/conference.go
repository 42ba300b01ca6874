package calendarserver

import (
	"time"
)

// pendingCall is a video call that is being made.
type pendingCall struct {
	event *event
	ready time.Time
}

// FailConferences makes all video calls that are asked for from now on fail, or no longer.
func (s *Server) FailConferences(fail bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failCalls = fail
}

// keepConference ignores a request with an id that the event has had already.
func keepConference(before, body resource) {
	was, is := before.part("conferenceData"), body.part("conferenceData")
	if was == nil || is == nil {
		return
	}
	if was.text("createRequest", "requestId") == is.text("createRequest", "requestId") {
		body["conferenceData"] = map[string]any(was.clone())
	}
}

// askForConference begins to make a video call when one is asked for.
func (s *Server) askForConference(e *event) {
	request := e.body.part("conferenceData").part("createRequest")
	if request == nil || request["status"] != nil {
		if e.body.part("conferenceData") == nil {
			delete(e.body, "hangoutLink")
		}
		return
	}
	request["status"] = map[string]any{"statusCode": "pending"}
	s.calls = append(s.calls, &pendingCall{e, s.now().Add(s.options.ConferenceDelay)})
	s.makeConferences()
}

// makeConferences finishes the video calls whose time has come.
func (s *Server) makeConferences() {
	var waiting []*pendingCall
	for _, call := range s.calls {
		if call.ready.After(s.now()) {
			waiting = append(waiting, call)
			continue
		}
		s.makeConference(call.event)
	}
	s.calls = waiting
}

func (s *Server) makeConference(e *event) {
	data := e.body.part("conferenceData")
	request := data.part("createRequest")
	if request == nil {
		return
	}
	s.changed(e)
	if s.failCalls {
		request["status"] = map[string]any{"statusCode": "failure"}
		return
	}
	code := newID()[:10]
	url := "https://meet.google.com/" + code[:3] + "-" + code[3:7] + "-" + code[7:]
	request["status"] = map[string]any{"statusCode": "success"}
	data["conferenceId"] = code
	data["entryPoints"] = []any{map[string]any{"entryPointType": "video", "uri": url, "label": url[8:]}}
	e.body["hangoutLink"] = url
}
