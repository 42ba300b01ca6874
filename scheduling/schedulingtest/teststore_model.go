package schedulingtest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

var modelRules = []storeRule{
	{"Whatever is added, moved, cancelled and expired, the agenda is that of a naive model", checkModel},
}

// agendaModel is an agenda that looks at everything each time.
type agendaModel struct {
	meetings map[string]scheduling.Meeting
	now      time.Time
}

// put stores the meeting as a Store must, and reports whether it could.
func (a *agendaModel) put(m scheduling.Meeting) bool {
	var over []string
	for id, other := range a.meetings {
		if id == m.ID || !occupies(m.Status) || !occupies(other.Status) || !inWay(other, m) {
			continue
		}
		if other.Live(a.now) {
			return false
		}
		over = append(over, id)
	}
	for _, id := range over {
		a.meetings[id] = expired(a.meetings[id], a.now)
	}
	a.meetings[m.ID] = copyMeeting(m)
	return true
}

// modelSteps is how much happens in a run.
const modelSteps = 250

func checkModel(t *storeTest) {
	random := rand.New(rand.NewPCG(20270301, 7))
	model := &agendaModel{meetings: map[string]scheduling.Meeting{}, now: noon}
	for step := range modelSteps {
		model.now = model.now.Add(time.Duration(random.IntN(4)) * time.Minute)
		if len(model.meetings) == 0 || random.IntN(3) == 0 {
			t.modelAdd(model, randomMeeting(random, step, model.now))
		} else {
			t.modelChange(model, random)
		}
		if step%25 == 0 {
			t.compare(model)
		}
	}
	t.compare(model)
}

// randomHosts are one or two of three hosts.
func randomHosts(random *rand.Rand) []string {
	hosts := []string{"nina", "omar", "paul"}
	random.Shuffle(len(hosts), func(i, j int) { hosts[i], hosts[j] = hosts[j], hosts[i] })
	return hosts[:1+random.IntN(2)]
}

// randomMeeting takes place in a day that is soon full.
func randomMeeting(random *rand.Rand, n int, now time.Time) scheduling.Meeting {
	m := newHold(n, now.Add(time.Duration(random.IntN(10))*time.Minute), randomHosts(random)...)
	m.Start = at(8, random.IntN(60)*10)
	m.End = m.Start.Add(time.Duration(1+random.IntN(9)) * 10 * time.Minute)
	m.Before, m.After = time.Duration(random.IntN(3))*5*time.Minute, time.Duration(random.IntN(2))*10*time.Minute
	if random.IntN(2) == 0 {
		m.Status, m.Bookings[0].Status = scheduling.StatusConfirmed, scheduling.StatusConfirmed
	}
	return m
}

func (t *storeTest) modelAdd(model *agendaModel, m scheduling.Meeting) {
	t.Helper()
	_, _, err := t.store.AddMeeting(t.ctx, m, model.now)
	t.agree(model, m, err)
}

func (t *storeTest) modelChange(model *agendaModel, random *rand.Rand) {
	t.Helper()
	ids := make([]string, 0, len(model.meetings))
	for id := range model.meetings {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	id := ids[random.IntN(len(ids))]
	to := randomMeeting(random, 0, model.now)
	action := random.IntN(5)
	change := func(m *scheduling.Meeting) error {
		switch action {
		case 0:
			m.Status, m.Bookings[0].Status = scheduling.StatusCancelled, scheduling.StatusCancelled
		case 1:
			m.Status, m.Bookings[0].Status = scheduling.StatusConfirmed, scheduling.StatusConfirmed
		case 2:
			m.Hosts = to.Hosts
		default:
			m.Span, m.Before, m.After = to.Span, to.Before, to.After
		}
		return nil
	}
	wanted := copyMeeting(model.meetings[id])
	t.need(change(&wanted), "the change of the model")
	_, err := t.store.ChangeMeeting(t.ctx, id, model.now, change)
	t.agree(model, wanted, err)
}

// agree checks that the store did with the meeting what the model does.
func (t *storeTest) agree(model *agendaModel, m scheduling.Meeting, err error) {
	t.Helper()
	switch fits := model.put(m); {
	case fits && err != nil:
		t.Fatalf("%s at %v for %v was refused: %v; there is room for it", m.ID, m.Blocked(), m.Hosts, err)
	case !fits && !errors.Is(err, scheduling.ErrSlotTaken):
		t.Fatalf("%s at %v for %v ended with %v, want ErrSlotTaken: something is in its way", m.ID, m.Blocked(), m.Hosts, err)
	}
}

// compare checks all of the store against the model, and that no two live meetings overlap.
func (t *storeTest) compare(model *agendaModel) {
	t.Helper()
	stored, err := t.store.Meetings(t.ctx, scheduling.MeetingFilter{Limit: 500})
	t.need(err, "Meetings")
	equals(t, "the number of meetings", len(stored), len(model.meetings), "what was refused is not there, and what was not is")
	for i, m := range stored {
		prints(t, "the meeting", m, model.meetings[m.ID], "it is as the model has it")
		for _, other := range stored[:i] {
			if m.Live(model.now) && other.Live(model.now) && inWay(m, other) {
				t.Errorf("%s and %s overlap", m.ID, other.ID)
			}
		}
	}
	var want []string
	for _, m := range stored {
		if takes(m, model.now) {
			for _, h := range m.Hosts {
				want = append(want, fmt.Sprint(h, m.Start, m.ID))
			}
		}
	}
	slices.Sort(want)
	var got []string
	for _, one := range t.takenOf(scheduling.Span{Start: ten.Add(-48 * time.Hour), End: ten.Add(48 * time.Hour)}, model.now, "nina", "omar", "paul") {
		got = append(got, fmt.Sprint(one.Host, one.Span.Start, one.Meeting))
	}
	slices.Sort(got)
	prints(t, "what is taken", got, want, "it is what the meetings take")
}
