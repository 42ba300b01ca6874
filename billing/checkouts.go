package billing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/frontdesk-go/frontdesk"
)

// Checkout is what a client is about to buy: one price, or several lines.
type Checkout struct {
	Client         string       // default: the actor's client
	Mode           CheckoutMode // default CheckoutModeSubscription
	Price          string
	Quantity       int64          // of Price; default 1
	Lines          []CheckoutLine // instead of Price
	TrialDays      int64          // subscriptions only
	PromotionCodes bool           // let the payer enter one
	AutomaticTax   bool
	SuccessPath    string // a path on Options.BaseURL, or an allow-listed URL
	CancelPath     string // likewise
	Metadata       map[string]string
	Key            string // makes repeated calls one; default: the same client buying the same

	// For is the expert who earns it; zero: the platform itself. It needs
	// CheckoutModePayment and lines with amounts, which the commission is taken from.
	For Booking
}

// StartCheckout opens the page at the provider where the client pays; send them
// to its URL. While that page is open, asking for the same again returns the
// same page. A client who has a live subscription already gets AlreadyExists,
// by the provider's own list and not only by ours.
func (s *Service) StartCheckout(ctx context.Context, c Checkout) (session *CheckoutSession, err error) {
	const op = "billing.StartCheckout"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	c = c.filled(ctx)
	params, err := s.checkoutParams(c)
	if err != nil {
		return nil, err
	}
	if err := s.allow(ctx, op, c.Client, toWrite); err != nil {
		return nil, err
	}
	if params.Split, err = s.checkoutSplit(ctx, c, params.Metadata); err != nil {
		return nil, err
	}
	customer, err := s.EnsureCustomer(ctx, c.Client, CustomerDetails{})
	if err != nil {
		return nil, err
	}
	params.Customer = customer.ID
	if err := s.refuseSecond(ctx, c.Client, params); err != nil {
		return nil, err
	}
	return s.openCheckout(ctx, op, c, params)
}

// ExpireCheckout closes a session, by our id or the provider's, so that nobody can pay there any
// more. It fails with FailedPrecondition when the session is not open: it may have been paid.
func (s *Service) ExpireCheckout(ctx context.Context, id string) (*CheckoutSession, error) {
	expire := func(ctx context.Context, w Write, id string, _ struct{}) (*CheckoutSession, error) {
		return s.provider.ExpireCheckout(ctx, w, id)
	}
	return manage(ctx, s, "billing.ExpireCheckout", id, toWrite, struct{}{}, expire)
}

// filled sets what the caller left out.
func (c Checkout) filled(ctx context.Context) Checkout {
	if a, err := frontdesk.ActorFrom(ctx); err == nil && c.Client == "" {
		c.Client = a.ClientID
	}
	if c.Mode == "" {
		c.Mode = CheckoutModeSubscription
	}
	if c.Price != "" {
		c.Lines = append([]CheckoutLine{{Price: c.Price, Quantity: c.Quantity}}, c.Lines...)
	}
	for i := range c.Lines {
		c.Lines[i].Quantity = max(c.Lines[i].Quantity, 1)
	}
	return c
}

// checkoutParams validates c.
func (s *Service) checkoutParams(c Checkout) (CheckoutParams, error) {
	success, err1 := s.returnURL("success_path", c.SuccessPath)
	cancel, err2 := s.returnURL("cancel_path", c.CancelPath)
	metadata, err3 := s.metadata(c.Client, c.Metadata)
	return CheckoutParams{
		Mode: c.Mode, Reference: c.Client, Lines: c.Lines, TrialDays: c.TrialDays, PromotionCodes: c.PromotionCodes,
		AutomaticTax: c.AutomaticTax, SuccessURL: success, CancelURL: cancel, Metadata: metadata,
	}, errors.Join(validClient(c.Client), c.validate(), err1, err2, err3)
}

func (c Checkout) validate() error {
	var errs []error
	if c.Mode != CheckoutModeSubscription && c.Mode != CheckoutModePayment {
		errs = append(errs, frontdesk.InvalidField("mode", "is neither subscription nor payment"))
	}
	if len(c.Lines) == 0 {
		errs = append(errs, frontdesk.InvalidField("price", "is required"))
	}
	if c.Quantity < 0 {
		errs = append(errs, frontdesk.InvalidField("quantity", "is below zero"))
	}
	if c.TrialDays < 0 || c.TrialDays > 0 && c.Mode != CheckoutModeSubscription {
		errs = append(errs, frontdesk.InvalidField("trial_days", "needs a subscription, and is not below zero"))
	}
	for i, l := range c.Lines {
		errs = append(errs, l.validate(fmt.Sprintf("lines[%d]", i), c.Mode))
	}
	return errors.Join(append(errs, c.validateFor())...)
}

// checkoutSplit is how what the client pays is divided.
func (s *Service) checkoutSplit(ctx context.Context, c Checkout, metadata map[string]string) (Split, error) {
	if c.For == (Booking{}) {
		return Split{}, nil
	}
	total, err := c.total()
	if err != nil {
		return Split{}, err
	}
	return s.split(ctx, c.For, total, false, metadata)
}

// validateFor asks for a total that is known before the client pays.
func (c Checkout) validateFor() error {
	if c.For == (Booking{}) {
		return nil
	}
	_, err := c.total()
	if c.Mode != CheckoutModePayment || c.PromotionCodes || err != nil {
		return frontdesk.InvalidField("for", "needs a payment of amounts in one currency, without promotion codes")
	}
	return c.For.validate(false)
}

// total is what all lines sum to, where they have amounts.
func (c Checkout) total() (frontdesk.Money, error) {
	var total frontdesk.Money
	for i, l := range c.Lines {
		line := l.Amount
		if l.Quantity > 0 && line.Amount > math.MaxInt64/l.Quantity {
			return total, frontdesk.InvalidField("amount", "is too much")
		}
		if line.Amount *= l.Quantity; i == 0 {
			total = line
			continue
		}
		var err error
		if total, err = total.Add(line); err != nil {
			return total, err
		}
	}
	return total, validAmount("amount", total)
}

func (l CheckoutLine) validate(field string, mode CheckoutMode) error {
	if l.Price != "" {
		return validID(field+".price", l.Price)
	}
	if mode != CheckoutModePayment {
		return frontdesk.InvalidField(field+".price", "is required for a subscription")
	}
	if l.Name == "" {
		return frontdesk.InvalidField(field+".name", "is required beside an amount")
	}
	return errors.Join(validText(field+".name", l.Name), validAmount(field+".amount", l.Amount))
}

// metadata is what the provider's object will carry: the host's pairs and the client. The
// keys that say whose a payment is, and whose share, are not the host's to write.
func (s *Service) metadata(client string, host map[string]string) (map[string]string, error) {
	all := map[string]string{s.options.MetadataKey: client}
	for k, v := range host {
		if k == s.options.MetadataKey || k == s.options.ExpertMetadataKey || k == metadataCommission {
			return nil, frontdesk.InvalidField("metadata", "%q is reserved: it says whose the payment is", k)
		}
		if err := validText("metadata", v); err != nil {
			return nil, err
		}
		all[k] = v
	}
	return all, nil
}

// refuseSecond asks the provider whether one of the client's customers has a
// live subscription already.
func (s *Service) refuseSecond(ctx context.Context, client string, p CheckoutParams) error {
	if p.Mode != CheckoutModeSubscription {
		return nil
	}
	customers, err := s.store.CustomersOf(ctx, "", client)
	if err != nil {
		return err
	}
	for _, id := range customers {
		for sub, err := range s.provider.ListSubscriptions(ctx, SubscriptionFilter{Customer: id}) {
			if err != nil {
				return err
			}
			if sub.Status.Live() && (!s.options.ManySubscriptions || sub.sells(p.Lines)) {
				return frontdesk.Errorf(frontdesk.AlreadyExists, "the client has a live subscription already")
			}
		}
	}
	return nil
}

// sells reports whether the subscription has one of the lines' prices.
func (s *Subscription) sells(lines []CheckoutLine) bool {
	for _, i := range s.Items {
		for _, l := range lines {
			if i.Price == l.Price {
				return true
			}
		}
	}
	return false
}

// openCheckout makes the session, or returns the one that the same intent has
// made, until that is used up: each intent after it is named after it, so that
// all who ask at once go the same way.
func (s *Service) openCheckout(ctx context.Context, op string, c Checkout, p CheckoutParams) (*CheckoutSession, error) {
	w := write[CheckoutParams]{op: op, intent: c.Key, target: Key{Kind: KindCheckout}, owner: owner{client: c.Client, customer: p.Customer}, params: p}
	if c.Key == "" {
		raw, err := json.Marshal(p)
		if err != nil {
			return nil, frontdesk.Errorf(frontdesk.Internal, "encoding the parameters: %w", err)
		}
		w.intent = fingerprint(raw)
	}
	fresh := false // never asked for again, whatever the provider's clock makes of it
	for first := w.intent; ; {
		session, err := carryOut(ctx, s, w, func(ctx context.Context, key Write, p CheckoutParams) (*CheckoutSession, error) {
			fresh = true
			return s.provider.CreateCheckout(ctx, key, p)
		})
		if err != nil {
			return nil, err
		}
		open := session.Status == CheckoutStatusOpen && s.now().Before(session.ExpiresAt)
		if fresh || open || session.Status == CheckoutStatusComplete && c.Key != "" {
			return session, nil
		}
		w.intent = first + " after " + session.ID
	}
}
