package billingtest

import (
	"fmt"
	"reflect"

	"github.com/frontdesk-go/frontdesk"
)

// faults counts requests and makes some of them fail.
type faults struct {
	calls   map[string]int
	effects map[string]int
	fail    map[string][]error
	lose    map[string]int
}

func newFaults() faults {
	return faults{
		calls:   make(map[string]int),
		effects: make(map[string]int),
		fail:    make(map[string][]error),
		lose:    make(map[string]int),
	}
}

// arrive counts a request and returns the error that it is to fail with.
func (f *faults) arrive(method string) error {
	f.calls[method]++
	if len(f.fail[method]) == 0 {
		return nil
	}
	err := f.fail[method][0]
	f.fail[method] = f.fail[method][1:]
	return err
}

// leave returns an error when the answer is to be lost.
func (f *faults) leave(method string) error {
	if f.lose[method] == 0 {
		return nil
	}
	f.lose[method]--
	return frontdesk.Errorf(frontdesk.OutcomeUnknown, "the answer was lost")
}

// FailNext makes the next call of the method fail with err before anything is
// carried out. Calls add up: two errors fail the next two calls. The method is
// one of billing.PaymentProvider's, by name; any other panics.
func (p *Provider) FailNext(method string, err error) {
	mustKnow(method)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults.fail[method] = append(p.faults.fail[method], err)
}

// LoseNext lets the next call of the method be carried out but loses the
// answer: the caller gets OutcomeUnknown, and over HTTP a broken connection.
func (p *Provider) LoseNext(method string) {
	mustKnow(method)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults.lose[method]++
}

// Calls returns how many calls of the method have arrived, failed ones and
// repeated ones included.
func (p *Provider) Calls(method string) int {
	mustKnow(method)
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.faults.calls[method]
}

// Effects returns how many calls of the method were carried out. A repeated
// idempotency key counts once.
func (p *Provider) Effects(method string) int {
	mustKnow(method)
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.faults.effects[method]
}

// MethodCreateInvoiceItem is the request that adds an item to an invoice over
// HTTP, where CreateInvoice takes several requests.
const MethodCreateInvoiceItem = "CreateInvoiceItem"

func mustKnow(method string) {
	if _, ok := reflect.TypeFor[*Provider]().MethodByName(method); !ok && method != MethodCreateInvoiceItem {
		panic(fmt.Sprintf("billingtest: the provider has no method %q", method))
	}
}
