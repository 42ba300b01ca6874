package templates

import (
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk/email"
)

// MilestoneStatus is how a milestone stands.
type MilestoneStatus string

// How a milestone may stand.
const (
	MilestoneNotStarted MilestoneStatus = "not_started"
	MilestoneOnTrack    MilestoneStatus = "on_track"
	MilestoneStalled    MilestoneStatus = "stalled"
	MilestoneOverdue    MilestoneStatus = "overdue"
	MilestoneDone       MilestoneStatus = "done"
)

// valid reports whether there are words for the status.
func (s MilestoneStatus) valid() bool {
	return slices.Contains([]MilestoneStatus{
		MilestoneNotStarted, MilestoneOnTrack, MilestoneStalled, MilestoneOverdue, MilestoneDone,
	}, s)
}

// MilestoneUpdate tells how a milestone of the client's project stands.
type MilestoneUpdate struct {
	To       string   // an address, "ana@acme.example" or "Ana Sousa <ana@acme.example>"
	Person   string   // who reads it; may be empty
	Language Language // default: the set's
	Zone     string   // IANA zone of the day that Due falls on; default: the set's

	Milestone string
	Project   string // may be empty
	Status    MilestoneStatus
	Percent   int       // done, from 0 to 100
	Due       time.Time // may be zero
	Note      string    // what the author says about it; may be empty, or have several lines
	Author    string    // may be empty
	URL       string    // of the milestone in the portal
}

// Name is "milestone_update".
func (MilestoneUpdate) Name() string { return "milestone_update" }

// Render is the mail in the default set: see [Set.Render].
func (m MilestoneUpdate) Render() (email.Message, error) { return Default().Render(m) }

func (m MilestoneUpdate) recipient() recipient {
	return recipient{m.To, m.Person, m.Language}
}

func (m MilestoneUpdate) prepare(in *input) Template {
	in.setZone("zone", m.Zone)
	in.text("milestone", m.Milestone)
	if !m.Status.valid() {
		in.refuse("status", "must be a status of milestones, such as on_track")
	}
	if m.Percent < 0 || m.Percent > 100 {
		in.refuse("percent", "must be between 0 and 100")
	}
	m.Due = in.optional(m.Due)
	in.link("url", m.URL)
	return m
}
