package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/email/resend/resendtest"
)

const (
	crashInvoices = 12              // new ones in each life of the portal, with three events each
	crashSenders  = 6               // at once
	crashWork     = time.Second / 2 // at most, between an acknowledgment and the kill
	crashLease    = 3 * time.Minute // how much later each life begins: longer than what a dead one has leased
	crashTail     = 64              // tellings in a life after one that is repeated: a few for each worker
)

// TestCrash kills a portal at random moments while webhooks come in, starts it
// again, and sends again what was not acknowledged. At the end every event that
// was acknowledged has been processed, and everything that follows from them has
// happened once. Only what was being told in the moment of a kill may have been
// told again, with the same key. The mail provider outlives the portal and counts: it
// has accepted one receipt for each invoice.
//
// With FRONTDESK_PROOF=1 it kills 60 times instead of 10.
func TestCrash(t *testing.T) {
	kills := 5
	if os.Getenv("FRONTDESK_PROOF") == "1" {
		kills = 30
	}
	binary := buildPortal(t)
	for name, fresh := range map[string]func(*testing.T) string{
		"on SQLite":   func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "portal.db") },
		"on Postgres": postgresURL,
	} {
		t.Run(name+", no kill loses an event or repeats what was done", func(t *testing.T) {
			t.Parallel()
			c := newCrash(t, binary, fresh(t))
			for life := range kills {
				c.live(t, life)
			}
			c.finish(t, kills)
		})
	}
}

func buildPortal(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "portal")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, ".").CombinedOutput()
	require.NoError(t, err, "%s", out)
	return binary
}

// crash is one database through the lives of its portal.
type crash struct {
	binary, database, effects string
	templates                 [][]byte
	pids                      []int
	mails                     *resendtest.Server
	mailsURL                  string

	mu     sync.Mutex
	events [][]byte
	acked  map[int]bool // by index into events
}

func newCrash(t *testing.T, binary, database string) *crash {
	s := readStory(t, stories[0])
	paid, mails := s.events[14], resendtest.NewServer(nil)
	return &crash{
		mails: mails, mailsURL: newServer(t, mails),
		binary: binary, database: database, effects: filepath.Join(t.TempDir(), "effects.log"), acked: map[int]bool{},
		templates: [][]byte{s.events[13], paid, bytes.ReplaceAll(paid, []byte(`"invoice.paid"`), []byte(`"invoice.payment_succeeded"`))},
	}
}

// happen adds invoices that are opened and paid, in events of three types.
func (c *crash) happen(n int) {
	for range n {
		invoice := len(c.events) / len(c.templates)
		for _, template := range c.templates {
			event := regexp.MustCompile(`evt_old_\d+`).ReplaceAllLiteral(template, fmt.Appendf(nil, "evt_crash_%d", len(c.events)))
			event = bytes.ReplaceAll(event, []byte("in_acme_0003"), fmt.Appendf(nil, "in_crash_%d", invoice))
			event = bytes.ReplaceAll(event, []byte("pi_acme_0003"), fmt.Appendf(nil, "pi_crash_%d", invoice))
			c.events = append(c.events, event)
		}
	}
}

// process is a portal of its own.
type process struct {
	*exec.Cmd
	url   string
	ahead time.Duration
	said  chan string // its log, when it has ended
}

var listening = regexp.MustCompile(`msg=listening address=(\S+)`)

// start starts the portal for the given life, whose clock has gone on.
func (c *crash) start(t *testing.T, life int) *process {
	t.Helper()
	p := &process{ahead: time.Duration(life) * crashLease, said: make(chan string, 1)}
	p.Cmd = exec.CommandContext(t.Context(), c.binary, "-addr", "127.0.0.1:0", "-effects-log", c.effects, "-ahead", p.ahead.String(),
		"-data", filepath.Join(filepath.Dir(c.effects), "files"))
	p.Env = []string{
		"DATABASE_URL=" + c.database, "STRIPE_WEBHOOK_SECRET=" + testSecret, "RESEND_API_KEY=re_test", "RESEND_API_BASE=" + c.mailsURL,
	}
	stderr, err := p.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, p.Start())
	c.pids = append(c.pids, p.Process.Pid)
	address := make(chan string, 1)
	go p.listen(bufio.NewScanner(stderr), address)
	select {
	case a := <-address:
		p.url = "http://" + a
	case log := <-p.said:
		t.Fatalf("the portal ended before it listened:\n%s", log)
	case <-time.After(patience):
		t.Fatal("the portal does not listen")
	}
	return p
}

// listen reads the log to its end, and finds the address in it.
func (p *process) listen(lines *bufio.Scanner, address chan<- string) {
	var log strings.Builder
	for lines.Scan() {
		fmt.Fprintln(&log, lines.Text())
		if found := listening.FindStringSubmatch(lines.Text()); found != nil {
			address <- found[1]
		}
	}
	p.said <- log.String()
}

// live runs the portal until it is killed: in the moment of some acknowledgment,
// or shortly after, while the work behind it goes on.
func (c *crash) live(t *testing.T, life int) {
	t.Helper()
	c.happen(crashInvoices)
	p := c.start(t, life)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	acks := make(chan int, len(c.events))
	sent := c.send(ctx, p, c.unacknowledged(), acks)
	for range 1 + rand.N(crashInvoices*len(c.templates)) {
		select {
		case <-acks:
		case <-sent:
		}
	}
	<-time.After(rand.N(crashWork))
	require.NoError(t, p.Process.Signal(syscall.SIGKILL))
	cancel()
	<-sent
	<-p.said
	assert.Error(t, p.Wait(), "it was killed")
}

// unacknowledged lists the events that nobody has promised to keep.
func (c *crash) unacknowledged() []int {
	c.mu.Lock()
	defer c.mu.Unlock()
	var open []int
	for i := range c.events {
		if !c.acked[i] {
			open = append(open, i)
		}
	}
	rand.Shuffle(len(open), func(i, j int) { open[i], open[j] = open[j], open[i] })
	return open
}

// send posts the events once each, and closes the channel it returns when it has.
func (c *crash) send(ctx context.Context, p *process, events []int, acks chan<- int) <-chan struct{} {
	queue, sent := make(chan int, len(events)), make(chan struct{})
	for _, i := range events {
		queue <- i
	}
	close(queue)
	var all sync.WaitGroup
	for range crashSenders {
		all.Go(func() {
			for i := range queue {
				status, err := post(ctx, p.url, testSecret, c.events[i], time.Now().Add(p.ahead))
				if err != nil || status != http.StatusOK {
					continue
				}
				c.mu.Lock()
				c.acked[i] = true
				c.mu.Unlock()
				acks <- i
			}
		})
	}
	go func() { all.Wait(); close(sent) }()
	return sent
}

// finish lets the portal live, tells it everything once more, and looks at what
// is left behind.
func (c *crash) finish(t *testing.T, kills int) {
	t.Helper()
	promised := len(c.acked)
	p := c.start(t, kills)
	r := &running{url: p.url}
	everything := make([]int, len(c.events))
	for i := range everything {
		everything[i] = i
	}
	<-c.send(t.Context(), p, everything, make(chan int, len(c.events)))
	require.Len(t, c.acked, len(c.events), "a portal that is left alone acknowledges everything")
	events, effects := r.atRest(t, len(c.events))
	c.checkMails(t, r)
	require.NoError(t, p.Process.Signal(syscall.SIGTERM))
	log := <-p.said
	require.NoError(t, p.Wait(), "it drains and ends well:\n%s", log)
	c.checkEvents(t, events)
	tellings, repeated := c.checkEffects(t, effects)
	t.Logf("%d kills, %d events of which %d were acknowledged before the last start, %d effects, %d tellings of which %d repeated, %d mails in %d requests",
		kills, len(events), promised, len(effects), tellings, repeated, len(c.mails.Emails()), len(c.mails.Requests()))
}

func (c *crash) checkEvents(t *testing.T, events []event) {
	t.Helper()
	seen := map[string]bool{}
	for _, e := range events {
		assert.Equal(t, "done", e.State, "%s: %v", e.ProviderID, e.LastError)
		seen[e.ProviderID] = true
	}
	assert.Len(t, seen, len(c.events), "every event is there")
	assert.Len(t, events, len(c.events), "and once")
}

// checkMails: a receipt for each invoice, accepted by the provider once.
func (c *crash) checkMails(t *testing.T, r *running) {
	t.Helper()
	logged := r.mailsAtRest(t)
	assert.Len(t, logged, len(c.events)/len(c.templates))
	accepted := map[string]bool{}
	for _, m := range c.mails.Emails() {
		accepted[m.ID] = true
	}
	assert.Len(t, accepted, len(logged), "each mail was accepted once")
	for _, m := range logged {
		assert.Equal(t, "receipt", *m.Template)
		if assert.Equal(t, "sent", m.Status, "%v", m.LastError) {
			assert.True(t, accepted[*m.ProviderID], "%s is not at the provider", *m.ProviderID)
		}
	}
}

// checkEffects compares the outbox with what the hook was told.
func (c *crash) checkEffects(t *testing.T, effects []effect) (tellings, repeated int) {
	t.Helper()
	told := c.tellings(t)
	paid := map[string]bool{}
	rows := map[string]bool{}
	for _, e := range effects {
		key := e.Name + "/" + e.Object + "/" + e.Milestone
		assert.Equal(t, "done", e.State, key)
		assert.False(t, rows[key], "%s is there twice", key)
		assert.NotEmpty(t, told[key], "%s was never told", key)
		rows[key] = true
		if e.Name == "invoice.paid" {
			paid[e.Object] = true
		}
	}
	assert.Len(t, paid, len(c.events)/len(c.templates), "every invoice was paid")
	for key, all := range told {
		assert.True(t, rows[key], "%s was told, and is not in the outbox", key)
		tellings += len(all)
		repeated += len(all) - 1
		for i, one := range all[:len(all)-1] {
			assert.NotEqual(t, one.pid, all[i+1].pid, "%s was told twice by one process", key)
			assert.Less(t, one.after, crashTail, "%s was told again, and the kill was long after it was told", key)
		}
	}
	return tellings, repeated
}

// telling is a line of the effects log.
type telling struct {
	pid   int
	after int // how many the process told afterwards
}

func (c *crash) tellings(t *testing.T) map[string][]telling {
	t.Helper()
	raw, err := os.ReadFile(c.effects)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n")
	left := map[int]int{}
	for _, line := range lines {
		left[pidOf(t, line)]++
	}
	told := map[string][]telling{}
	for _, line := range lines {
		_, key, _ := strings.Cut(line, " ")
		pid := pidOf(t, line)
		left[pid]--
		told[key] = append(told[key], telling{pid, left[pid]})
	}
	return told
}

func pidOf(t *testing.T, line string) int {
	t.Helper()
	text, _, _ := strings.Cut(line, " ")
	pid, err := strconv.Atoi(text)
	require.NoError(t, err, line)
	return pid
}
