//go:build unix

package jobs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/store"
	"github.com/frontdesk-go/frontdesk/store/jobs"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

const (
	killMails  = 12              // new ones in each life
	killWithin = 8               // so many requests the process is killed
	killLease  = 3 * time.Minute // how much later each life begins: longer than what a dead one has leased
)

// TestNoKillSendsAMailTwice kills a process that sends mails, with SIGKILL: before the
// provider accepts one, after that and before it answers, or about when the answer is
// marked. Then another process goes on. At the end the provider has accepted every
// key once, if it remembers keys or can be asked for them; if neither, none twice, and
// the log says of which mails nobody knows.
//
// With FRONTDESK_PROOF=1 it kills 60 times instead of 3, six times over.
func TestNoKillSendsAMailTwice(t *testing.T) {
	kills := 3
	if os.Getenv("FRONTDESK_PROOF") == "1" {
		kills = 60
	}
	for name, fresh := range map[string]func(t *testing.T) (driver, dsn string){
		"on SQLite":   func(t *testing.T) (string, string) { return "sqlite", filepath.Join(t.TempDir(), "frontdesk.db") },
		"on Postgres": func(t *testing.T) (string, string) { return "pgx", storetest.PostgresDSN(t) },
	} {
		for _, able := range []ability{remembers, canBeAsked, forgets} {
			t.Run(fmt.Sprintf("%s, by a provider that %s", name, able), func(t *testing.T) {
				t.Parallel()
				driver, dsn := fresh(t)
				m := newMassacre(t, driver, dsn, able)
				for life := range kills {
					m.live(t, life)
				}
				m.finish(t, kills)
			})
		}
	}
}

// ability is what helps when an answer was lost.
type ability string

const (
	remembers  ability = "remembers keys"
	canBeAsked ability = "can be asked"
	forgets    ability = "forgets all"
)

// massacre is one database and one provider, through the lives of those who send.
type massacre struct {
	driver, dsn string
	able        ability
	db          *sqlx.DB
	store       *store.DB
	office      *office
	url         string
}

func newMassacre(t *testing.T, driver, dsn string, able ability) *massacre {
	m := &massacre{driver: driver, dsn: dsn, able: able, office: newOffice(able == remembers)}
	m.db = connect(t, driver, dsn)
	m.store = open(t, m.db)
	server := httptest.NewServer(m.office)
	t.Cleanup(server.Close)
	m.url = server.URL
	return m
}

// service is one that sends through the office, so far ahead in time.
func (m *massacre) service(ahead time.Duration) *email.Service {
	return newLetterService(m.store, m.url, m.able, ahead)
}

func newLetterService(st *store.DB, url string, able ability, ahead time.Duration) *email.Service {
	mailer := map[ability]email.Mailer{remembers: mindful{courier{url}}, canBeAsked: asking{courier{url}}, forgets: courier{url}}[able]
	clock := func() time.Time { return time.Now().Add(ahead) }
	return email.New(mailer, st.Email(), &email.Options{Clock: clock, Logger: quiet})
}

// live enqueues mails, as jobs and rows, and lets a process send them until it is killed.
func (m *massacre) live(t *testing.T, life int) {
	t.Helper()
	ahead := time.Duration(life) * killLease
	mails := m.service(ahead)
	newMailRunner(t, m.store, mails, jobs.Options{})
	enqueue(t, mails, life*killMails, killMails)

	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), victim+"="+m.dsn, victim+"_DRIVER="+m.driver, victim+"_POST="+m.url,
		victim+"_ABLE="+string(m.able), victim+"_AHEAD="+ahead.String())
	require.NoError(t, child.Start())
	killed := m.office.arm(moment(life%int(moments)), 1+rand.N(killWithin), func() { child.Process.Signal(syscall.SIGKILL) })
	select {
	case <-killed:
	case <-time.After(patience):
		child.Process.Kill()
		t.Error("the process did not send enough to be killed")
	}
	assert.Error(t, child.Wait(), "it was killed")
}

// beLetterVictim sends mails until it is killed.
func beLetterVictim() int {
	ahead, err := time.ParseDuration(os.Getenv(victim + "_AHEAD"))
	if err != nil {
		return 1
	}
	db := sqlx.MustConnect(os.Getenv(victim+"_DRIVER"), os.Getenv(victim))
	st, err := store.Open(context.Background(), db, nil)
	if err != nil {
		return 1
	}
	mails := newLetterService(st, os.Getenv(victim+"_POST"), ability(os.Getenv(victim+"_ABLE")), ahead)
	r, err := jobs.New(st, jobs.Services{Email: mails}, &jobs.Options{
		Clock: func() time.Time { return time.Now().Add(ahead) }, Logger: quiet,
	})
	if err != nil || r.Start(context.Background()) != nil {
		return 1
	}
	select {}
}

// finish lets a process live that does what is left, and looks at what became of each
// mail.
func (m *massacre) finish(t *testing.T, kills int) {
	t.Helper()
	ahead := time.Duration(kills) * killLease
	start(t, newMailRunner(t, m.store, m.service(ahead), jobs.Options{Clock: func() time.Time { return time.Now().Add(ahead) }}))
	await(t, "all mails to be over", func() bool {
		return count(t, m.db, "SELECT count(*) FROM frontdesk_email_messages WHERE status = 'queued'") == 0
	})
	var mails []struct {
		Key        string
		Status     email.Status
		ProviderID string `db:"provider_id"`
		LastError  string `db:"last_error"`
	}
	require.NoError(t, m.db.Select(&mails, "SELECT key, status, provider_id, last_error FROM frontdesk_email_messages"))
	require.Len(t, mails, kills*killMails)
	m.office.mu.Lock()
	defer m.office.mu.Unlock()
	uncertain := 0
	for _, mail := range mails {
		accepted := m.office.accepted[mail.Key]
		if mail.Status == email.StatusSent {
			assert.Len(t, accepted, 1, "%s is sent once", mail.Key)
			assert.Contains(t, accepted, mail.ProviderID, "the log knows what became of %s", mail.Key)
			continue
		}
		uncertain++
		assert.Equal(t, forgets, m.able, "every other provider sends every mail")
		assert.LessOrEqual(t, len(accepted), 1, "%s is sent once at most", mail.Key)
		assert.Equal(t, email.StatusFailed, mail.Status)
		assert.Contains(t, mail.LastError, "it may have been sent")
	}
	repeated := m.office.requests - len(m.office.asked)
	assert.Zero(t, m.office.changed, "the same key is the same mail")
	assert.Equal(t, m.able == forgets, uncertain > 0, "it takes a memory to be certain after a kill")
	assert.Equal(t, m.able == remembers, repeated > 0, "what may have been sent is repeated to one who remembers it, and to nobody else")
	t.Logf("%d kills, %d mails, %d requests of which %d repeated a key, %d mails uncertain", kills, len(mails), m.office.requests, repeated, uncertain)
}

// moment is when a kill happens.
type moment int

const (
	answerless moment = iota // the mail is accepted and not answered
	marking                  // the answer is on its way, or has come
	unaccepted               // nothing has happened
	moments
)

// office is a mail provider that counts, and that kills.
type office struct {
	remembers bool

	mu       sync.Mutex
	next     int
	requests int
	changed  int                 // requests that used a key for another mail
	asked    map[string]string   // the mails by their keys
	accepted map[string][]string // the ids by their keys

	left   int // requests until the kill; 0: none
	moment moment
	kill   func()
	killed chan struct{}
}

func newOffice(remembers bool) *office {
	return &office{remembers: remembers, asked: map[string]string{}, accepted: map[string][]string{}}
}

// arm makes the office kill at the n-th request from now on, and returns what is closed
// when it has.
func (o *office) arm(at moment, n int, kill func()) <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.left, o.moment, o.kill, o.killed = n, at, kill, make(chan struct{})
	return o.killed
}

func (o *office) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		fmt.Fprint(w, o.find(r.FormValue("key")))
		return
	}
	var m email.Message
	if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.left--
	strikes := o.left == 0
	if strikes && o.moment != marking {
		if o.moment == answerless {
			o.accept(m)
		}
		o.strike()
		panic(http.ErrAbortHandler)
	}
	fmt.Fprint(w, o.accept(m))
	if strikes {
		_ = http.NewResponseController(w).Flush() // whom it does not reach any more is dead
		<-time.After(rand.N(5 * time.Millisecond))
		o.strike()
	}
}

// find is the id of the mail that was accepted under the key; empty: there is none.
func (o *office) find(key string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if ids := o.accepted[key]; len(ids) > 0 {
		return ids[0]
	}
	return ""
}

func (o *office) strike() {
	o.kill()
	close(o.killed)
}

// accept takes the mail in, unless it remembers that it has, and returns its id.
func (o *office) accept(m email.Message) string {
	o.requests++
	mail := m.To[0].Address + m.Text
	if before, known := o.asked[m.Key]; known && before != mail {
		o.changed++
	}
	o.asked[m.Key] = mail
	if ids := o.accepted[m.Key]; o.remembers && len(ids) > 0 {
		return ids[0]
	}
	o.next++
	id := fmt.Sprint("letter-", o.next)
	o.accepted[m.Key] = append(o.accepted[m.Key], id)
	return id
}

// courier is a mailer to an office.
type courier struct{ url string }

func (courier) Name() string { return "office" }

func (c courier) Send(ctx context.Context, m *email.Message) (email.Receipt, error) {
	body, err := json.Marshal(map[string]any{"Key": m.Key, "To": m.To, "Text": m.Text})
	if err != nil {
		return email.Receipt{}, err
	}
	return c.ask(ctx, http.MethodPost, c.url, body)
}

func (c courier) ask(ctx context.Context, method, url string, body []byte) (email.Receipt, error) {
	request, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return email.Receipt{}, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return email.Receipt{}, frontdesk.Errorf(frontdesk.OutcomeUnknown, "no answer: %w", err)
	}
	defer answer.Body.Close()
	id, err := io.ReadAll(answer.Body)
	if err != nil {
		return email.Receipt{}, frontdesk.Errorf(frontdesk.OutcomeUnknown, "half an answer: %w", err)
	}
	return email.Receipt{ProviderID: string(id)}, nil
}

// mindful is a courier to an office that remembers keys.
type mindful struct{ courier }

func (mindful) Remembers() time.Duration { return 24 * time.Hour }

// asking is a courier to an office that can be asked for keys.
type asking struct{ courier }

func (a asking) Find(ctx context.Context, key string, _ time.Time) (email.Receipt, error) {
	r, err := a.ask(ctx, http.MethodGet, a.url+"?key="+url.QueryEscape(key), nil)
	if err == nil && r.ProviderID == "" {
		err = frontdesk.Errorf(frontdesk.NotFound, "nothing was sent under the key")
	}
	return r, err
}
