//go:build unix

package jobs_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/store"
	"github.com/frontdesk-go/frontdesk/store/jobs"
)

const (
	visitors  = 3
	postmen   = 2
	openHours = 6 // of the day for which all book
)

// TestNoKillLosesAMeeting kills a process that keeps an agenda, with SIGKILL: at any time, at each step between a
// payment and its confirmation, in the hook, and when money is given back. Clients book, move and cancel meetings of which only
// some fit; payments are told late, twice, and again until they are answered. Then another process goes on. At the end no meetings
// overlap, each payment has its meeting or was given back once, what was acknowledged is there, and
// nobody was told twice but by a process that was killed meanwhile.
//
// With FRONTDESK_PROOF=1 it kills 90 times instead of 18.
func TestNoKillLosesAMeeting(t *testing.T) {
	kills := int(stepping) + steps
	if os.Getenv("FRONTDESK_PROOF") == "1" {
		kills *= 5
	}
	onFiles(t, func(t *testing.T, driver, dsn string) {
		t.Parallel()
		s := newSiege(t, driver, dsn)
		for life := range kills {
			s.live(t, life)
		}
		s.finish(t, kills)
	})
}

// siege is one database and one till, through the lives of those who keep the agenda.
type siege struct {
	driver, dsn string
	db          *sqlx.DB
	store       *store.DB
	till        *till
	url         string
	types       []string
	monday      time.Time

	mu      sync.Mutex
	clients int
	open    []errand // that nobody has answered
	idle    []string // bookings of which nobody wants anything just now
	books   map[string]*acknowledged
	again   map[string]int // how often a kill has interrupted an effect, by its key
	answers int
	wrong   []string
}

// acknowledged is a booking as its client knows it.
type acknowledged struct {
	errand
	moves     int
	cancelled bool
}

func newSiege(t *testing.T, driver, dsn string) *siege {
	s := &siege{driver: driver, dsn: dsn, till: newTill(), books: map[string]*acknowledged{}, again: map[string]int{}}
	s.db = connect(t, driver, dsn)
	s.store = open(t, s.db)
	require.NoError(t, jobs.Migrate(t.Context(), s.store, nil))
	s.url = serve(t, s.till)
	s.monday = time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 7)
	nina := frontdesk.WithActor(t.Context(), frontdesk.Expert("nina", frontdesk.Origin{}))
	agenda := s.agenda(t, 0)
	hours := scheduling.Schedule{Expert: "nina", Name: "Hours", Zone: "UTC"}
	hours.Weekly = []scheduling.Window{{Day: s.monday.Weekday(), Start: 9 * 60, End: (9 + openHours) * 60}}
	_, err := agenda.SaveSettings(nina, scheduling.Settings{Expert: "nina", Name: "Nina", Email: "nina@experts.example", Zone: "UTC"})
	require.NoError(t, err)
	schedule, err := agenda.SaveSchedule(nina, hours)
	require.NoError(t, err)
	for slug, price := range map[string]int64{"free": 0, "dear": 9000, "long": 5000} {
		e := scheduling.EventType{
			Owner: "nina", Slug: slug, Title: slug, Schedule: schedule.ID, Durations: []time.Duration{45 * time.Minute}, Step: 15 * time.Minute,
			Price: frontdesk.Money{Amount: price, Currency: "eur"}, Reminders: []time.Duration{}, Active: true,
		}
		if slug == "long" {
			e.After = 15 * time.Minute
		}
		if price == 0 {
			e.Price = frontdesk.Money{}
		}
		saved, err := agenda.SaveEventType(nina, e)
		require.NoError(t, err)
		s.types = append(s.types, saved.ID)
	}
	return s
}

// agenda is a service of a life.
func (s *siege) agenda(t *testing.T, life int) *scheduling.Service {
	t.Helper()
	agenda, err := newAgenda(s.store.Scheduling(), s.url, inFuture(time.Duration(life)*killLease))
	require.NoError(t, err)
	return agenda
}

// live lets a process work until it is killed.
func (s *siege) live(t *testing.T, life int) {
	t.Helper()
	at := blow(life % (int(stepping) + steps))
	step := max(0, 1+int(at-stepping))
	s.till.arm(life, at, 1+rand.N(killPayments/2))
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), victim+"="+s.dsn, victim+"_DRIVER="+s.driver, victim+"_TILL="+s.url,
		victim+"_LIFE="+strconv.Itoa(life), victim+"_STEP="+strconv.Itoa(step))
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	said := bufio.NewScanner(out)
	require.True(t, said.Scan(), "the process says where it is")
	var crowd sync.WaitGroup
	s.besiege(&crowd, said.Text())
	now := make(chan struct{})
	go func() {
		if said.Scan() {
			close(now)
		}
	}()
	var whenever <-chan time.Time
	if at == anytime {
		whenever = time.After(rand.N(200 * time.Millisecond))
	}
	select {
	case <-now:
	case <-s.till.struck:
	case <-whenever:
	case <-time.After(patience):
		t.Errorf("the process did not do enough to be killed: %d", at)
	}
	child.Process.Signal(syscall.SIGKILL)
	close(s.till.killed)
	crowd.Wait()
	assert.Error(t, child.Wait(), "it was killed")
	s.look(t, life)
}

// besiege lets all want something of the process until it is dead.
func (s *siege) besiege(crowd *sync.WaitGroup, url string) {
	for range visitors {
		crowd.Go(func() {
			for e := s.errand(); s.visit(url, e); e = s.errand() {
			}
		})
	}
	for range postmen {
		crowd.Go(func() {
			for s.bring(url) {
			}
		})
	}
}

// errand is one that was not answered, or a new one.
func (s *siege) errand() errand {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.open) > 0 {
		e := s.open[0]
		s.open = s.open[1:]
		return e
	}
	e := errand{Task: lapsing, Start: s.monday.Add(9*time.Hour + time.Duration(rand.N(openHours*4-3))*15*time.Minute)}
	wants := rand.N(20)
	switch {
	case wants == 0:
		return e
	case wants < 11 || len(s.idle) == 0:
		s.clients++
		e.Task, e.Client, e.Type = booking, fmt.Sprint("client-", s.clients), s.types[rand.N(len(s.types))]
		return e
	}
	i := rand.N(len(s.idle))
	e.Booking, e.Client = s.idle[i], s.books[s.idle[i]].Client
	s.idle = slices.Delete(s.idle, i, i+1)
	e.Task = moving
	if wants < 16 {
		e.Task = cancelling
	}
	return e
}

// visit runs an errand and reports whether it was answered.
func (s *siege) visit(url string, e errand) bool {
	o, answered := ask(url, e)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !answered {
		s.open = append(s.open, e)
		return false
	}
	s.note(e, o)
	return true
}

func ask(url string, e errand) (o outcome, answered bool) {
	text, err := post(context.Background(), url, e)
	return o, err == nil && json.Unmarshal(text, &o) == nil
}

// note remembers what was answered.
func (s *siege) note(e errand, o outcome) {
	s.answers++
	switch {
	case o.Failed == nil:
		s.acknowledge(e, o.Booking)
	case *o.Failed == frontdesk.Unavailable:
		s.open = append(s.open, e) // another time
	case e.Task == moving && *o.Failed == frontdesk.Invalid: // it was done, and not answered
		s.acknowledge(e, e.Booking)
	case *o.Failed == frontdesk.AlreadyExists || *o.Failed == frontdesk.FailedPrecondition || *o.Failed == frontdesk.Aborted:
		if e.Task == moving {
			s.idle = append(s.idle, e.Booking)
		}
	default:
		s.wrong = append(s.wrong, fmt.Sprintf("%s: %s", e.Task, o.Why))
	}
}

func (s *siege) acknowledge(e errand, booked string) {
	switch e.Task {
	case booking:
		e.Booking = booked
		s.books[booked] = &acknowledged{errand: e}
		s.idle = append(s.idle, booked)
	case moving:
		b := s.books[booked]
		if !b.Start.Equal(e.Start) {
			b.Start, b.moves = e.Start, b.moves+1
		}
		s.idle = append(s.idle, booked)
	case cancelling:
		s.books[booked].cancelled = true
	}
}

// bring brings a message of the provider, if there is one, and reports whether the process lives.
func (s *siege) bring(url string) bool {
	p := s.till.message()
	if p == nil {
		select {
		case <-s.till.killed:
			return false
		case <-time.After(time.Millisecond):
			return true
		}
	}
	o, answered := ask(url, p.errand)
	s.till.brought(p, answered && o.Failed == nil)
	if answered && o.Failed != nil && *o.Failed != frontdesk.Unavailable {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.wrong = append(s.wrong, "paid: "+o.Why)
	}
	return answered
}

// look looks at what a process has left behind.
func (s *siege) look(t *testing.T, life int) {
	t.Helper()
	var interrupted []string
	require.NoError(t, s.db.Select(&interrupted, "SELECT key FROM frontdesk_scheduling_effects WHERE state = 'pending' AND attempts > 0"))
	for _, key := range interrupted {
		s.again[key]++
	}
	s.apart(t, life)
}

// apart checks that no two live meetings overlap.
func (s *siege) apart(t *testing.T, life int) {
	t.Helper()
	var free time.Time
	for m := range s.meetings(t, scheduling.StatusHeld, scheduling.StatusPending, scheduling.StatusConfirmed) {
		if now := inFuture(time.Duration(life) * killLease)(); m.Live(now) {
			assert.False(t, m.Blocked().Start.Before(free), "meeting %s begins before the one before it is over", m.ID)
			free = m.Blocked().End
		}
	}
}

// meetings are all with the statuses, earliest first.
func (s *siege) meetings(t *testing.T, statuses ...scheduling.Status) func(yield func(scheduling.Meeting) bool) {
	return func(yield func(scheduling.Meeting) bool) {
		f := scheduling.MeetingFilter{Host: "nina", Statuses: statuses, Limit: 500}
		for {
			list, err := s.store.Scheduling().Meetings(t.Context(), f)
			require.NoError(t, err)
			for _, m := range list {
				if !yield(m) {
					return
				}
			}
			if len(list) < f.Limit {
				return
			}
			f.After = scheduling.MeetingCursor{Start: list[len(list)-1].Start, ID: list[len(list)-1].ID}
		}
	}
}

// finish lets a process live that does what is left, and compares all with all.
func (s *siege) finish(t *testing.T, kills int) {
	t.Helper()
	s.till.arm(kills, anytime, 0)
	url := serve(t, clerk{s.agenda(t, kills), new(atomic.Int64)})
	for len(s.open) > 0 {
		require.True(t, s.visit(url, s.errand()))
	}
	later := kills + 1 + int(holdFor/killLease)
	s.till.arm(later, anytime, 0)
	agenda := s.agenda(t, later)
	start(t, newMeetingRunner(t, s.store, agenda, jobs.Options{Clock: inFuture(time.Duration(later) * killLease), SweepEvery: time.Second}))
	s.deliver(t, agenda)
	_, err := agenda.Lapse(asSystem(t.Context()), 500)
	require.NoError(t, err)
	await(t, "all that follows to be done", func() bool {
		return count(t, s.db, "SELECT count(*) FROM frontdesk_scheduling_effects WHERE state <> 'done'") == 0
	})
	s.apart(t, later)
	s.compare(t)
	s.compareTold(t)
	assert.Empty(t, s.wrong)
	assert.Empty(t, s.till.wrong)
	t.Logf("%d kills, %d answers, %d bookings acknowledged, %d payments, %d changes told, %d refunds, %d effects interrupted",
		kills, s.answers, len(s.books), len(s.till.payments), len(s.till.told), len(s.till.asks), len(s.again))
}

// deliver brings all messages of the provider that are left.
func (s *siege) deliver(t *testing.T, agenda *scheduling.Service) {
	t.Helper()
	for _, p := range s.till.payments {
		for ; p.copies > 0; p.copies-- {
			_, err := clerk{agenda, new(atomic.Int64)}.run(t.Context(), p.errand)
			require.NoError(t, err)
		}
	}
}

// compare checks what there is against what was acknowledged, and against the money.
func (s *siege) compare(t *testing.T) {
	t.Helper()
	found := map[string]scheduling.Booking{}
	clients := map[string]bool{}
	for m := range s.meetings(t) {
		require.Len(t, m.Bookings, 1)
		b := m.Bookings[0]
		found[b.ID] = b
		assert.False(t, clients[b.Client], "%s has booked once", b.Client)
		clients[b.Client] = true
		assert.NotEqual(t, scheduling.StatusHeld, b.Status, "holds lapse")
		assert.NotEqual(t, scheduling.PaymentRefunding, b.Payment.State, "money is given back")
		if b.Payment.State == scheduling.PaymentDue {
			assert.True(t, s.till.orders["booking/"+b.ID].released, "nobody can pay for %s any more", b.ID)
		}
		if a := s.books[b.ID]; a != nil {
			assert.True(t, a.Start.Equal(m.Start), "%s is when it was acknowledged", b.ID)
			assert.Equal(t, a.moves, b.Moves)
			assert.Equal(t, a.Client, b.Client)
			assert.True(t, !a.cancelled || b.Status == scheduling.StatusCancelled, "%s was cancelled, and is %s", b.ID, b.Status)
		}
	}
	for id := range s.books {
		assert.Contains(t, found, id, "it was acknowledged")
	}
	require.NotEmpty(t, s.books)
	require.NotEmpty(t, s.till.payments)
	for _, p := range s.till.payments {
		b := found[p.Booking]
		if b.Payment.ID == p.Payment && b.Status == scheduling.StatusConfirmed {
			assert.Equal(t, scheduling.PaymentPaid, b.Payment.State)
			assert.Zero(t, p.gifts, "%s has its meeting", p.Payment)
		} else {
			assert.Equal(t, 1, p.gifts, "%s of a booking that is %s is given back once", p.Payment, b.Status)
			assert.Equal(t, p.Amount.Amount, p.back)
		}
		assert.Equal(t, p.gifts > 0, s.till.asks[p.Payment] > 0)
		most := 1 + s.again["refund/"+p.Booking] + s.again["refund/"+p.Booking+"/"+p.Payment]
		assert.LessOrEqual(t, s.till.asks[p.Payment], most, "what was not interrupted is not asked for again")
	}
	for _, b := range found {
		if b.Status == scheduling.StatusConfirmed && !b.Price.IsZero() {
			assert.NotEmpty(t, b.Payment.ID, "%s was paid", b.ID)
		}
	}
	s.compareChanges(t, found)
}

// compareChanges checks that of each booking all was told that has happened to it.
func (s *siege) compareChanges(t *testing.T, found map[string]scheduling.Booking) {
	t.Helper()
	told := map[string]map[scheduling.ChangeKind]int{}
	for _, c := range s.till.changes {
		if told[c.Booking.ID] == nil {
			told[c.Booking.ID] = map[scheduling.ChangeKind]int{}
		}
		told[c.Booking.ID][c.Kind]++
	}
	conflicts := map[string]int{}
	for _, p := range s.till.payments {
		if b := found[p.Booking]; b.Payment.ID != p.Payment || b.Status == scheduling.StatusExpired || told[b.ID][scheduling.MeetingBooked] == 0 {
			conflicts[b.ID]++
		}
	}
	for id, b := range found {
		of := told[id]
		booked := of[scheduling.MeetingBooked] == 1
		assert.True(t, b.Status != scheduling.StatusConfirmed || booked, "%s was told", id)
		assert.Equal(t, booked && !b.Price.IsZero(), of[scheduling.MeetingPaid] == 1, "%s was booked as soon as it was paid", id)
		assert.Equal(t, !b.Price.IsZero(), of[scheduling.MeetingHeld] == 1)
		assert.Equal(t, b.Moves, of[scheduling.MeetingMoved], "moves of %s", id)
		assert.Equal(t, booked && b.Status == scheduling.StatusCancelled, of[scheduling.MeetingCancelled] == 1, "the end of %s", id)
		lapsed := b.Status == scheduling.StatusExpired && b.Payment.State == scheduling.PaymentDue
		assert.True(t, !lapsed || of[scheduling.MeetingExpired] == 1, "that the time of %s is over", id)
		assert.Equal(t, conflicts[id], of[scheduling.MeetingConflict], "payments of %s that were of no use", id)
	}
}

// compareTold checks that each change was told once, and again only by processes that were killed.
func (s *siege) compareTold(t *testing.T) {
	t.Helper()
	var keys []string
	require.NoError(t, s.db.Select(&keys, "SELECT key FROM frontdesk_scheduling_effects WHERE kind = 'tell'"))
	assert.Len(t, s.till.told, len(keys))
	for _, key := range keys {
		assert.Positive(t, s.till.told[key], "%s is told", key)
		assert.LessOrEqual(t, s.till.told[key], 1+s.again[key], "%s is told again only when a kill came between", key)
	}
}
