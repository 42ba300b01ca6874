//go:build unix

package jobs_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// blow is when a process that keeps an agenda is killed.
type blow int

const (
	anytime   blow = iota
	unasked        // the payment is asked for; the till has not heard of it
	asked          // it has, and does not answer
	hearing        // the hook is told a change, and has not come back
	heard          // it has just come back
	unmoved        // money is to be given back, and is not yet
	given          // it is, and that is not answered
	releasing      // nobody is to pay any more
	stepping       // between the payment and its confirmation, before the first of the steps
)

// steps are between a payment and its confirmation: what is read, the transaction with its writes, and what
// is after it.
const steps = 10

// path is what of a till the blow falls on.
func (b blow) path() string {
	return map[blow]string{
		unasked: "/request", asked: "/request", hearing: "/tell", heard: "/tell", unmoved: "/refund", given: "/refund", releasing: "/release",
	}[b]
}

// till is where all money is, and who hears of all changes: it outlives every process.
type till struct {
	mu       sync.Mutex
	life     int
	orders   map[string]*order
	payments []*payment
	told     map[string]int // by the change's key
	changes  map[string]scheduling.Change
	asks     map[string]int // for refunds, by the payment
	wrong    []string       // what nobody should have asked for

	at     blow
	left   int
	struck chan struct{} // closed when the process is to die
	killed chan struct{} // closed when it has
}

// order is what somebody may pay for.
type order struct {
	scheduling.Order
	released bool
	hesitant bool // whoever is to pay, thinks about it
}

// payment is one that was made, and its message to the process.
type payment struct {
	errand
	due    int // the life from which on the message comes
	copies int // how often it is still to come
	away   bool
	gifts  int // how often money was given back
	back   int64
}

func newTill() *till {
	return &till{orders: map[string]*order{}, told: map[string]int{}, changes: map[string]scheduling.Change{}, asks: map[string]int{}}
}

// arm lets a life begin that ends at the n-th request of the blow's kind.
func (l *till) arm(life int, at blow, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.life, l.at, l.left, l.struck, l.killed = life, at, n, make(chan struct{}), make(chan struct{})
	for _, o := range l.orders {
		if o.hesitant && !o.released && rand.N(2) == 0 {
			o.hesitant = false
			l.pay(o, o.Amount, life)
		}
	}
}

// strikes reports whether this is the request.
func (l *till) strikes(path string) (at blow, killed <-chan struct{}, strikes bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.left == 0 || path != l.at.path() {
		return 0, nil, false
	}
	l.left--
	return l.at, l.killed, l.left == 0
}

func (l *till) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var q request
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	at, killed, strikes := l.strikes(r.URL.Path)
	if !strikes || at != unasked && at != unmoved {
		l.serve(r.URL.Path, q)
	}
	if !strikes {
		return
	}
	if at == heard {
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush() // whom it does not reach any more is dead
	}
	close(l.struck)
	<-killed
	panic(http.ErrAbortHandler)
}

func (l *till) serve(path string, q request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch path {
	case "/request":
		l.ask(q.Order)
	case "/release":
		if o := l.orders[q.Order.ID]; o != nil {
			o.released = true
		} else { // nobody has heard of it, and nobody will pay
			l.orders[q.Order.ID] = &order{Order: q.Order, released: true}
		}
	case "/refund":
		l.giveBack(q)
	case "/tell":
		l.told[q.Change.Key]++
		l.changes[q.Change.Key] = q.Change
	}
}

// ask lets somebody pay, who does so at once, late, twice, too little, or not at all.
func (l *till) ask(o scheduling.Order) {
	if l.orders[o.ID] != nil {
		return
	}
	n := &order{Order: o}
	l.orders[o.ID] = n
	switch rand.N(12) {
	case 0:
		l.pay(n, o.Amount, l.life)
		l.pay(n, o.Amount, l.life+rand.N(3))
	case 1:
		l.pay(n, frontdesk.Money{Amount: o.Amount.Amount / 2, Currency: o.Amount.Currency}, l.life)
	case 2, 3:
		l.pay(n, o.Amount, l.life+1+rand.N(3)) // its message is late: the hold may be over
	case 4, 5:
		n.hesitant = true
	case 6:
	default:
		l.pay(n, o.Amount, l.life)
	}
}

func (l *till) pay(o *order, amount frontdesk.Money, due int) {
	id := fmt.Sprint("payment-", len(l.payments))
	booking := strings.TrimPrefix(o.ID, "booking/")
	l.payments = append(l.payments, &payment{errand: errand{Task: paying, Booking: booking, Payment: id, Amount: amount}, due: due, copies: 1 + rand.N(3)})
}

// giveBack gives so much back in total, of which nothing that was given before.
func (l *till) giveBack(q request) {
	l.asks[q.Payment]++
	i := slices.IndexFunc(l.payments, func(p *payment) bool { return p.Payment == q.Payment })
	if i < 0 || "booking/"+l.payments[i].Booking != q.Order.ID || q.Amount.Currency != l.payments[i].Amount.Currency {
		l.wrong = append(l.wrong, fmt.Sprintf("a refund of %s of %s", q.Payment, q.Order.ID))
		return
	}
	if p := l.payments[i]; q.Amount.Amount > p.back {
		p.gifts, p.back = p.gifts+1, q.Amount.Amount
	}
}

// message is one that is to be brought, or nil.
func (l *till) message() *payment {
	l.mu.Lock()
	defer l.mu.Unlock()
	var ready []*payment
	for _, p := range l.payments {
		if p.copies > 0 && !p.away && p.due <= l.life {
			ready = append(ready, p)
		}
	}
	if len(ready) == 0 {
		return nil
	}
	p := ready[rand.N(len(ready))]
	p.away = true
	return p
}

// brought says whether the message was answered. If not, it comes again; and some do anyway, in this life
// or later.
func (l *till) brought(p *payment, answered bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p.away = false
	if answered {
		p.copies--
		p.due = l.life + rand.N(2)
	}
}
