package billing

import (
	"context"
	"errors"

	"github.com/frontdesk-go/frontdesk"
)

// Charge is a new payment that the host takes from a client, without a page at
// the provider. Its amount is the host's own; never take it from a request.
type Charge struct {
	Amount        frontdesk.Money
	Description   string
	PaymentMethod string // with Confirm
	Confirm       bool   // try to take it at once
	OffSession    bool   // with Confirm: the client is not there
	ManualCapture bool   // authorise now, CapturePayment later
	ReturnPath    string // with Confirm: where authentication leads back to
	ReceiptEmail  string
	Metadata      map[string]string
	Key           string // makes repeated calls one

	For  Booking // the expert who earns it; zero: the platform itself
	Hold bool    // with For: keep the expert's share until TransferShare
}

func (c Charge) validate() error {
	errs := []error{
		validAmount("amount", c.Amount), validText("description", c.Description), validEmail("receipt_email", c.ReceiptEmail),
	}
	if c.Confirm && c.PaymentMethod == "" {
		errs = append(errs, frontdesk.InvalidField("payment_method", "is required to confirm"))
	}
	if c.OffSession && !c.Confirm {
		errs = append(errs, frontdesk.InvalidField("off_session", "needs Confirm"))
	}
	return errors.Join(append(errs, c.For.validate(c.Hold))...)
}

// StartPayment creates a payment for the client. Unless it is confirmed at
// once, its ClientSecret goes to the client's browser.
func (s *Service) StartPayment(ctx context.Context, client string, c Charge) (p *Payment, err error) {
	const op = "billing.StartPayment"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	params, err := s.paymentParams(client, c)
	if err != nil {
		return nil, err
	}
	if err := s.allow(ctx, op, client, toWrite); err != nil {
		return nil, err
	}
	if params.Split, err = s.split(ctx, c.For, c.Amount, c.Hold, params.Metadata); err != nil {
		return nil, err
	}
	customer, err := s.EnsureCustomer(ctx, client, CustomerDetails{})
	if err != nil {
		return nil, err
	}
	params.Customer = customer.ID
	w := write[PaymentParams]{
		op: op, key: c.Key, target: Key{Kind: KindPayment}, params: params,
		owner: owner{client: client, customer: customer.ID},
	}
	if p, err = carryOut(ctx, s, w, s.provider.CreatePayment); err != nil {
		return nil, err
	}
	return p, s.reveal(ctx, p)
}

// reveal fills in the secret of a payment that an earlier call has made: it is
// not kept here.
func (s *Service) reveal(ctx context.Context, p *Payment) error {
	if p.Status.Terminal() || p.ClientSecret.Reveal() != "" {
		return nil
	}
	fresh, err := s.provider.GetPayment(ctx, p.Ref)
	if err == nil {
		p.ClientSecret = fresh.ClientSecret
	}
	return err
}

func (s *Service) paymentParams(client string, c Charge) (PaymentParams, error) {
	metadata, err := s.metadata(client, c.Metadata)
	back, backErr := "", error(nil)
	if c.ReturnPath != "" {
		back, backErr = s.returnURL("return_path", c.ReturnPath)
	}
	return PaymentParams{
		Amount: c.Amount, Description: c.Description, PaymentMethod: c.PaymentMethod, Confirm: c.Confirm, OffSession: c.OffSession,
		ManualCapture: c.ManualCapture, ReturnURL: back, ReceiptEmail: c.ReceiptEmail, Metadata: metadata,
	}, errors.Join(validClient(client), c.validate(), err, backErr)
}

// ConfirmPayment tries to take a payment, with a payment method or the one it has.
func (s *Service) ConfirmPayment(ctx context.Context, id, method, returnPath string) (*Payment, error) {
	const op = "billing.ConfirmPayment"
	c := PaymentConfirm{PaymentMethod: method}
	if returnPath != "" {
		back, err := s.returnURL("return_path", returnPath)
		if err != nil {
			return nil, frontdesk.Wrap(op, err)
		}
		c.ReturnURL = back
	}
	return manage(ctx, s, op, id, toWrite, c, s.provider.ConfirmPayment)
}

// CapturePayment takes an authorised payment: amount minor units of it, or all for 0.
func (s *Service) CapturePayment(ctx context.Context, id string, amount int64) (*Payment, error) {
	const op = "billing.CapturePayment"
	if amount < 0 {
		return nil, frontdesk.Wrap(op, frontdesk.InvalidField("amount", "is below zero"))
	}
	return manage(ctx, s, op, id, toOperate, amount, s.provider.CapturePayment)
}

// CancelPayment gives a payment up before it is taken.
func (s *Service) CancelPayment(ctx context.Context, id string) (*Payment, error) {
	cancel := func(ctx context.Context, w Write, id string, _ struct{}) (*Payment, error) {
		return s.provider.CancelPayment(ctx, w, id)
	}
	return manage(ctx, s, "billing.CancelPayment", id, toOperate, struct{}{}, cancel)
}
