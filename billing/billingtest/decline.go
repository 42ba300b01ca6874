package billingtest

// decline is what a bank says to a charge. The zero decline is a yes.
type decline struct{ code, reason string }

// Two answers that are neither yes nor no.
const (
	actionRequired = "authentication_required"
	paymentDelayed = "processing"
)

// declines says what banks will answer.
type declines struct {
	next   []decline
	all    decline
	method map[string]decline
}

// take returns the answer to the next charge of the payment method.
func (d *declines) take(method string) decline {
	if len(d.next) > 0 {
		first := d.next[0]
		d.next = d.next[1:]
		return first
	}
	if d.all != (decline{}) {
		return d.all
	}
	return d.method[method]
}

func (d *declines) always(method string, answer decline) {
	if d.method == nil {
		d.method = make(map[string]decline)
	}
	d.method[method] = answer
}

// bankAnswer reads a code of a decline: "card_declined", "expired_card", or a reason of
// a card_declined such as "insufficient_funds".
func bankAnswer(code string) decline {
	switch code {
	case "":
		return decline{}
	case "card_declined":
		return decline{code: code, reason: "generic_decline"}
	case "expired_card", "incorrect_cvc", "processing_error", "incorrect_number":
		return decline{code: code}
	}
	return decline{code: "card_declined", reason: code}
}

// DeclineNext makes the next charge that is attempted fail with the code:
// "card_declined", "expired_card", or a reason such as "insufficient_funds".
// Calls add up.
func (p *Provider) DeclineNext(code string) { p.answerNext(bankAnswer(code)) }

// DeclineAll makes every charge fail with the code, until it is called with "".
func (p *Provider) DeclineAll(code string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.declines.all = bankAnswer(code)
}

// RequireAction makes the next charge that is attempted wait for the payer to
// authenticate. See Authenticate.
func (p *Provider) RequireAction() { p.answerNext(decline{code: actionRequired}) }

// DelayNext makes the next charge that is attempted a bank debit, which takes
// three days of the clock to succeed. See Settle.
func (p *Provider) DelayNext() { p.answerNext(decline{code: paymentDelayed}) }

func (p *Provider) answerNext(d decline) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.declines.next = append(p.declines.next, d)
}
