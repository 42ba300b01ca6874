package googlecalendar

import (
	"slices"
	"strings"
	"time"

	calendargo "google.golang.org/api/calendar/v3"
)

// patch is what makes an event what the entry says. What is ours is written even where it is
// empty; Google's sequence never goes back.
func (p *put) patch(there *calendargo.Event) *calendargo.Event {
	patch := *p.want
	patch.Id = ""
	patch.Sequence = max(there.Sequence, patch.Sequence)
	patch.Start, patch.End = overwriting(patch.Start), overwriting(patch.End)
	patch.ForceSendFields = []string{"Summary", "Description", "Location"}
	if patch.Source == nil {
		patch.NullFields = append(patch.NullFields, "Source")
	}
	if p.calendar.invite {
		patch.Attendees = p.guests(there)
		patch.ForceSendFields = append(patch.ForceSendFields, "Attendees")
	}
	switch {
	case p.entry.Conference && !hasConference(there):
		patch.ConferenceData = p.createConference()
	case !p.entry.Conference && p.madeConference(there):
		patch.NullFields = append(patch.NullFields, "ConferenceData")
	}
	return &patch
}

// overwriting takes the date away that a person's change to whole days has left.
func overwriting(m *calendargo.EventDateTime) *calendargo.EventDateTime {
	own := *m
	own.NullFields = []string{"Date"}
	return &own
}

// guests are the wanted ones, with the answers that they have given, and what a person has added
// that is nobody's to remove: rooms, and the calendar's owner.
func (p *put) guests(there *calendargo.Event) []*calendargo.EventAttendee {
	var all []*calendargo.EventAttendee
	for _, a := range p.want.Attendees {
		if i := indexOf(there.Attendees, a.Email); i >= 0 {
			a = there.Attendees[i]
		}
		all = append(all, a)
	}
	for _, a := range there.Attendees {
		if (a.Self || a.Organizer || a.Resource) && indexOf(all, a.Email) < 0 {
			all = append(all, a)
		}
	}
	return all
}

func indexOf(all []*calendargo.EventAttendee, email string) int {
	return slices.IndexFunc(all, func(a *calendargo.EventAttendee) bool { return strings.EqualFold(a.Email, email) })
}

// same reports whether the event is what the entry says.
func (p *put) same(there *calendargo.Event) bool {
	want := p.want
	return sequenceOf(there) == p.entry.Sequence && there.ExtendedProperties.Private[uidProperty] == p.entry.UID &&
		there.Status == want.Status && sameMoment(there.Start, want.Start) && sameMoment(there.End, want.End) &&
		there.Summary == want.Summary && there.Description == want.Description && there.Location == want.Location &&
		sameSource(there.Source, want.Source) && p.sameGuests(there) && p.sameConference(there)
}

func sameMoment(a, b *calendargo.EventDateTime) bool {
	if a == nil || a.Date != "" {
		return false
	}
	at, err1 := time.Parse(time.RFC3339, a.DateTime)
	bt, err2 := time.Parse(time.RFC3339, b.DateTime)
	return err1 == nil && err2 == nil && at.Equal(bt)
}

func sameSource(a, b *calendargo.EventSource) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Url == b.Url && a.Title == b.Title
}

func (p *put) sameGuests(there *calendargo.Event) bool {
	if !p.calendar.invite {
		return true
	}
	guests := p.guests(there)
	return len(guests) == len(there.Attendees) && !slices.ContainsFunc(guests, func(a *calendargo.EventAttendee) bool {
		return indexOf(there.Attendees, a.Email) < 0
	})
}

func (p *put) sameConference(there *calendargo.Event) bool {
	if p.entry.Conference {
		return hasConference(there)
	}
	return !p.madeConference(there)
}
