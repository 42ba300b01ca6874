package googlecalendar

import (
	"context"
	"slices"

	calendargo "google.golang.org/api/calendar/v3"
	"google.golang.org/api/googleapi"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

const (
	silently   = "none" // sendUpdates: our own mails tell people
	withCalls  = 1      // conferenceDataVersion: conferences are read and written
	maxRounds  = 16     // in which others may change an event before us
	eventParts = "id,etag,status,sequence,summary,description,location,start,end,source,htmlLink,hangoutLink," +
		"attendees,conferenceData,extendedProperties/private"
)

// Put implements [scheduling.Calendar]. When the entry that is there has a higher Sequence, it
// stays, and its EntryRef is returned.
func (c *Calendar) Put(ctx context.Context, calendar string, e scheduling.Entry) (*scheduling.EntryRef, error) {
	if err := checkEntry(calendar, &e); err != nil {
		return nil, err
	}
	p := &put{calendar: c, id: calendar, entry: &e, want: c.event(&e)}
	event, err := p.settle(ctx)
	if err != nil {
		return nil, err
	}
	if e.Conference {
		event = p.awaitConference(ctx, event)
	}
	return &scheduling.EntryRef{ID: event.Id, Link: event.HtmlLink, Conference: conferenceURL(event)}, nil
}

// put is an entry on its way to a calendar.
type put struct {
	calendar *Calendar
	id       string // of the calendar
	entry    *scheduling.Entry
	want     *calendargo.Event
	wrote    bool // something may have been written
}

// settle inserts or updates, whichever it takes. What was never moved is probably new.
func (p *put) settle(ctx context.Context) (*calendargo.Event, error) {
	insert := p.entry.Sequence == 0
	for range maxRounds {
		step := p.update
		if insert {
			step = p.insert
		}
		event, err := step(ctx)
		switch frontdesk.CodeOf(err) {
		case frontdesk.AlreadyExists:
			insert = false
		case frontdesk.Aborted: // it has changed in the meantime
		case frontdesk.NotFound:
			if insert {
				return nil, err
			}
			insert = true
		default:
			return event, p.doubt(err)
		}
	}
	return nil, p.doubt(frontdesk.Errorf(frontdesk.Unavailable, "googlecalendar: the event is changed by others all the time"))
}

// doubt is err, or the doubt whether an earlier write was carried out.
func (p *put) doubt(err error) error {
	if !p.wrote {
		return err
	}
	return unsure(err)
}

func (p *put) insert(ctx context.Context) (event *calendargo.Event, err error) {
	draft := *p.want
	if p.entry.Conference {
		draft.ConferenceData = p.createConference()
	}
	event, err = p.send(ctx, "events.insert", func(ctx context.Context) (*calendargo.Event, error) {
		return p.calendar.api.Events.Insert(p.id, &draft).SendUpdates(silently).ConferenceDataVersion(withCalls).
			Fields(googleapi.Field(eventParts)).Context(ctx).Do()
	})
	p.wrote = p.wrote || frontdesk.CodeOf(err) == frontdesk.AlreadyExists
	return event, err
}

// update reads the event and makes it what the entry says, unless it is that, or later, already.
func (p *put) update(ctx context.Context) (*calendargo.Event, error) {
	there, err := p.read(ctx)
	if err != nil {
		return nil, err
	}
	live := there.Status != cancelled
	if live && (sequenceOf(there) > p.entry.Sequence || p.same(there)) {
		return there, nil
	}
	event, err := p.send(ctx, "events.patch", func(ctx context.Context) (*calendargo.Event, error) {
		patch := p.calendar.api.Events.Patch(p.id, p.want.Id, p.patch(there)).SendUpdates(silently).
			ConferenceDataVersion(withCalls).Fields(googleapi.Field(eventParts)).Context(ctx)
		patch.Header().Set("If-Match", there.Etag)
		return patch.Do()
	})
	p.wrote = p.wrote || frontdesk.CodeOf(err) == frontdesk.Aborted
	return event, err
}

func (p *put) read(ctx context.Context) (event *calendargo.Event, err error) {
	err = p.calendar.do(ctx, call{name: "events.get", send: func(ctx context.Context) (err error) {
		event, err = p.calendar.api.Events.Get(p.id, p.want.Id).Fields(googleapi.Field(eventParts)).Context(ctx).Do()
		return p.told(event, err)
	}})
	return event, err
}

// send makes a write.
func (p *put) send(ctx context.Context, name string, write func(context.Context) (*calendargo.Event, error)) (event *calendargo.Event, err error) {
	err = p.calendar.do(ctx, call{name: name, write: true, send: func(ctx context.Context) (err error) {
		event, err = write(ctx)
		return p.told(event, err)
	}})
	return event, err
}

func (p *put) told(event *calendargo.Event, err error) error {
	if err == nil && (event == nil || event.Id != p.want.Id || event.Etag == "" || slices.Contains(event.Attendees, nil)) {
		return errNonsense
	}
	return err
}
