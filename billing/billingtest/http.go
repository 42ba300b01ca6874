package billingtest

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// maxBody is how much of a request is read.
const maxBody = 1 << 20

// Handler returns the provider as Stripe's REST API: the part that billing
// needs, below /v1/. It changes the same state as the provider's own methods,
// under the same names for Calls, FailNext and LoseNext. An answer that is to
// be lost breaks the connection. Answers have the shape of the Stripe-Version
// header's version. Unknown parameters are refused, as Stripe does.
func (p *Provider) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, routes := range []map[string]endpoint{
		customerRoutes, checkoutRoutes, subscriptionRoutes, invoiceRoutes, paymentRoutes, catalogRoutes, eventRoutes,
		accountRoutes, transferRoutes, payoutRoutes,
	} {
		for pattern, e := range routes {
			mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { p.serve(w, r, e) })
		}
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { p.serve(w, r, unrecognized) })
	return mux
}

// endpoint reads a request's parameters and returns what it asks for. It is
// carried out only when all parameters were read and none was wrong.
type endpoint func(*call) action

// action returns an object or a page.
type action func(context.Context) (any, error)

// call is a request over HTTP.
type call struct {
	*Provider
	form    *form
	id      string // from the path
	shape   shape
	expand  map[string]bool
	write   billing.Write
	request *http.Request
}

func (c *call) ref() billing.Ref { return billing.Ref{Account: c.write.Account, ID: c.id} }

func (p *Provider) serve(w http.ResponseWriter, r *http.Request, e endpoint) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Request-Id", p.requestID())
	answer, err := p.answer(r, e)
	if err != nil {
		p.refuse(w, err)
		return
	}
	w.Write(encoded(answer))
}

func (p *Provider) answer(r *http.Request, e endpoint) (any, error) {
	if strings.TrimSpace(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer")) == "" {
		return nil, unauthenticated()
	}
	c, err := p.call(r)
	if err != nil {
		return nil, err
	}
	act := e(c)
	if err := c.form.done(); err != nil {
		return nil, err
	}
	if err := c.reachable(); err != nil {
		return nil, err
	}
	answer, err := act(r.Context())
	if err != nil {
		return nil, err
	}
	return c.show(answer), nil
}

func (p *Provider) call(r *http.Request) (*call, error) {
	values, err := parameters(r)
	if err != nil {
		return nil, invalid("body", "must be a form")
	}
	c := &call{
		Provider: p, form: newForm(values), id: r.PathValue("id"), request: r,
		shape:  shapeOf(orElse(r.Header.Get("Stripe-Version"), p.options.APIVersion)),
		expand: make(map[string]bool),
		write:  billing.Write{Account: r.Header.Get("Stripe-Account"), IdempotencyKey: r.Header.Get("Idempotency-Key")},
	}
	if c.write.IdempotencyKey == "" {
		c.write.IdempotencyKey = p.requestID() // every such request is another one
	}
	for _, path := range c.form.list("expand") {
		c.expand[strings.TrimPrefix(path, "data.")] = true
	}
	return c, nil
}

// reachable refuses requests for an account that has left, before anything is
// looked up for them.
func (c *call) reachable() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reach(c.write.Account)
}

// parameters are those of the query and the body, which a DELETE has too.
func parameters(r *http.Request) (url.Values, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return nil, err
	}
	return url.ParseQuery(strings.Trim(r.URL.RawQuery+"&"+string(body), "&"))
}

func (p *Provider) requestID() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.newID("req")
}

// show renders an answer, with what the request wants expanded.
func (c *call) show(answer any) any {
	switch v := answer.(type) {
	case object:
		return v
	case *billing.Invoice:
		return c.showInvoice(v)
	case *billing.Payment:
		return c.showPayment(v)
	case charge:
		return c.showCharge(v.payment, "")
	case *billing.Refund:
		return c.showRefund(v)
	case *transaction:
		return c.showLine(v)
	case *billing.Payout:
		return c.showPayout(v)
	}
	return c.shape.render(answer)
}

func (c *call) showInvoice(i *billing.Invoice) object {
	o := c.shape.render(i)
	if i.ID == "" {
		delete(o, "id") // an upcoming invoice has none
	}
	pay := c.paymentBehind(i)
	switch {
	case pay == nil:
	case c.shape.basil && c.expand["payments.data.payment.payment_intent"]:
		o["payments"] = sublist([]object{c.shape.invoicePayment(i, c.shape.render(pay))})
	case !c.shape.basil && c.expand["payment_intent"]:
		o["payment_intent"] = c.shape.render(pay)
	}
	return o
}

func (c *call) paymentBehind(i *billing.Invoice) *billing.Payment {
	c.mu.Lock()
	defer c.mu.Unlock()
	pay, ok := c.account(i.Account).payments.get(i.Payment)
	if !ok {
		return nil
	}
	return clone(&pay.Payment)
}

func unrecognized(c *call) action {
	c.form.ignoreAll()
	return func(context.Context) (any, error) {
		return nil, &frontdesk.Error{Code: frontdesk.NotFound, Err: &APIError{
			Status: http.StatusNotFound, Type: "invalid_request_error",
			Message: "Unrecognized request URL (" + c.request.Method + ": " + c.request.URL.Path + ").",
		}}
	}
}

func unauthenticated() error {
	return &frontdesk.Error{Code: frontdesk.Unauthenticated, Err: &APIError{
		Status: http.StatusUnauthorized, Type: "invalid_request_error",
		Message: "You did not provide an API key.",
	}}
}

// refuse answers with an error as Stripe writes it.
func (p *Provider) refuse(w http.ResponseWriter, err error) {
	code := frontdesk.CodeOf(err)
	if code == frontdesk.OutcomeUnknown {
		panic(http.ErrAbortHandler) // breaks the connection
	}
	refusal, found := errors.AsType[*APIError](err)
	if !found {
		refusal = refusalOf(code)
	}
	if after := frontdesk.RetryAfter(err); after > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(after.Seconds())))
	}
	body := object{"type": refusal.Type, "message": refusal.Message}
	for name, value := range map[string]string{
		"code": refusal.Code, "decline_code": refusal.DeclineCode, "param": refusal.Param,
	} {
		if value != "" {
			body[name] = value
		}
	}
	if refusal.Payment != "" {
		body["payment_intent"] = object{"id": refusal.Payment, "object": "payment_intent"}
	}
	w.WriteHeader(refusal.Status)
	w.Write(encoded(object{"error": body}))
}

// refusalOf is how Stripe says what FailNext was told to say.
func refusalOf(code frontdesk.Code) *APIError {
	e := APIError{Status: http.StatusInternalServerError, Type: "api_error", Message: "An error on the provider's side."}
	switch code {
	case frontdesk.Invalid, frontdesk.FailedPrecondition:
		e.Status, e.Type = http.StatusBadRequest, "invalid_request_error"
	case frontdesk.Unauthenticated:
		e.Status, e.Type = http.StatusUnauthorized, "invalid_request_error"
	case frontdesk.Declined:
		e.Status, e.Type, e.Code = http.StatusPaymentRequired, "card_error", "card_declined"
	case frontdesk.PermissionDenied:
		e.Status, e.Type = http.StatusForbidden, "invalid_request_error"
	case frontdesk.NotFound:
		e.Status, e.Type, e.Code = http.StatusNotFound, "invalid_request_error", "resource_missing"
	case frontdesk.Aborted:
		e.Status, e.Type, e.Code = http.StatusConflict, "invalid_request_error", "lock_timeout"
	case frontdesk.RateLimited:
		e.Status, e.Type, e.Code = http.StatusTooManyRequests, "invalid_request_error", "rate_limit"
	case frontdesk.Unavailable:
		e.Status = http.StatusServiceUnavailable
	}
	return &e
}
