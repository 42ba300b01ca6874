package billing

import (
	"context"
	"errors"
	"iter"
	"time"
)

// ReconcileOptions adjusts a reconciliation. The zero value is ready to use.
type ReconcileOptions struct {
	// Window is how far back objects that cannot change for ever are listed by
	// their creation. Default 30 days, as long as Stripe keeps events.
	Window time.Duration
	// Import writes without telling: for the first run on an account that had a
	// life before Frontdesk. Otherwise objects made within the window tell what
	// they have reached, as their events would have done.
	Import bool
}

// Report says what a reconciliation has found.
type Report struct {
	Checked int // objects compared
	Events  int // undelivered events listed for the inbox
	Unowned int // objects whose customer belongs to no client, or account to no expert
	Entries int // ledger entries that were missing
	// Refused are the connected accounts that the provider does not let us read, or
	// does not have any more.
	Refused []string
	Drift   []Drift // what differed, and was repaired
}

// Drift is an object that differed from the provider's.
type Drift struct {
	Object Key
	Client string
	Expert string // instead of a client, when a connected account holds it or is paid by it
	Stored string // its state here before; empty when it was missing
	Actual string // its state at the provider
}

// Reconcile compares what is mirrored with what the provider has and repairs
// what was missed: all subscriptions, canceled ones too; invoices, payments,
// refunds and disputes of the window; and whatever is still open here, however
// old. The same of every linked account, with its payouts and the lines of its
// balance; and transfers and application fees. Undelivered events are put into the inbox. Lists only nominate: each
// difference is read anew and applied under the object's lock, so that a slow
// list never overwrites what a webhook has brought meanwhile. A run that finds
// nothing writes nothing. On an error the report covers what was done before.
func (s *Service) Reconcile(ctx context.Context, o ReconcileOptions) (r *Report, err error) {
	const op = "billing.Reconcile"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	r = new(Report)
	if err := s.allow(ctx, op, "", toOperate); err != nil {
		return r, err
	}
	run := s.reconciliation(o)
	return run.report, run.all(ctx)
}

func (s *Service) reconciliation(o ReconcileOptions) *reconciliation {
	if o.Window == 0 {
		o.Window = 30 * 24 * time.Hour
	}
	r := &reconciliation{
		Service: s, report: new(Report), seen: map[Key]bool{},
		since: s.now().Add(-o.Window), asOf: s.now().Add(-clockSkew).Truncate(time.Second),
	}
	r.quiet = r.since
	if o.Import {
		r.quiet = s.now().Add(time.Hour) // clocks differ
	}
	return r
}

// clockSkew is how far our clock may be from the provider's: were it more, no
// signature would be accepted.
const clockSkew = 5 * time.Minute

// reconciliation is one run.
type reconciliation struct {
	*Service
	report *Report
	since  time.Time
	asOf   time.Time // what is read in the run shows every event until then
	quiet  time.Time
	seen   map[Key]bool
}

func (r *reconciliation) all(ctx context.Context) error {
	if err := r.holder(ctx, ""); err != nil {
		return err
	}
	if err := r.accounts(ctx); err != nil {
		return err
	}
	return r.events(ctx, "")
}

// holder compares what the platform, or one connected account, holds.
func (r *reconciliation) holder(ctx context.Context, account string) error {
	for _, step := range []func(context.Context, string) error{r.subscriptions, r.invoices, r.payments, r.refunds, r.disputes, r.open} {
		if err := step(ctx, account); err != nil {
			return err
		}
	}
	return nil
}

func (r *reconciliation) subscriptions(ctx context.Context, account string) error {
	return compare(ctx, r, r.provider.ListSubscriptions(ctx, SubscriptionFilter{Account: account}))
}

func (r *reconciliation) invoices(ctx context.Context, account string) error {
	open := r.provider.ListInvoices(ctx, InvoiceFilter{Account: account, Status: InvoiceStatusOpen})
	recent := r.provider.ListInvoices(ctx, InvoiceFilter{Account: account, Since: r.since})
	return errors.Join(compare(ctx, r, open), compare(ctx, r, recent))
}

func (r *reconciliation) payments(ctx context.Context, account string) error {
	return compare(ctx, r, r.provider.ListPayments(ctx, PaymentFilter{Account: account, Since: r.since}))
}

func (r *reconciliation) refunds(ctx context.Context, account string) error {
	return compare(ctx, r, r.provider.ListRefunds(ctx, RefundFilter{Account: account, Since: r.since}))
}

func (r *reconciliation) disputes(ctx context.Context, account string) error {
	return compare(ctx, r, r.provider.ListDisputes(ctx, DisputeFilter{Account: account, Since: r.since}))
}

// open compares what is not at rest here and was in none of the lists.
func (r *reconciliation) open(ctx context.Context, account string) error {
	for _, f := range []ObjectFilter{
		{Kind: KindInvoice, States: []string{string(InvoiceStatusDraft), string(InvoiceStatusOpen), string(InvoiceStatusUncollectible)}},
		{Kind: KindPayment, States: openPayments},
		{Kind: KindCheckout, States: []string{string(CheckoutStatusOpen)}},
		{Kind: KindSubscription, States: append([]string{string(SubscriptionStatusIncomplete)}, liveStates...)},
		{Kind: KindRefund, States: []string{string(RefundStatusPending), string(RefundStatusRequiresAction)}},
		{Kind: KindPayout, States: []string{string(PayoutStatusPending), string(PayoutStatusInTransit)}},
	} {
		f.Account, f.Limit = account, maxPage
		unsettled, err := list[Object](ctx, r.store, f)
		if err != nil {
			return err
		}
		for _, o := range unsettled {
			if r.seen[o.Key()] {
				continue
			}
			if err := r.nominate(ctx, o); err != nil {
				return err
			}
		}
	}
	return nil
}

var openPayments = []string{
	string(PaymentStatusRequiresPaymentMethod), string(PaymentStatusRequiresConfirmation), string(PaymentStatusRequiresAction),
	string(PaymentStatusProcessing), string(PaymentStatusRequiresCapture),
}

// events puts what the provider could not deliver into the inbox.
func (r *reconciliation) events(ctx context.Context, account string) error {
	lister, err := able[EventLister](r.Service)
	if err != nil {
		return nil // the lists above have told all that is needed
	}
	for e, err := range lister.ListEvents(ctx, ProviderEventFilter{Account: account, Since: r.since, Undelivered: true}) {
		if err != nil {
			return err
		}
		if err := r.store.AddEvents(ctx, r.received(e)); err != nil {
			return err
		}
		r.report.Events++
	}
	return nil
}

// compare nominates the listed objects that differ from what is mirrored.
func compare[O Object](ctx context.Context, r *reconciliation, listed iter.Seq2[O, error]) error {
	for o, err := range listed {
		if err != nil {
			return err
		}
		if r.seen[o.Key()] {
			continue
		}
		r.seen[o.Key()] = true
		r.report.Checked++
		before, err := known(ctx, r.store, o.Key())
		if err != nil {
			return err
		}
		if before != nil {
			if same(before, completed(o, before)) {
				continue
			}
		}
		if err := r.nominate(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

// completed is a listed object with what only readings and events show of it.
func completed(o, before Object) Object {
	fill(&o.Head().Customer, before.Head().Customer)
	switch o := o.(type) {
	case *Payment:
		before := before.(*Payment)
		fill(&o.Transfer, before.Transfer)
		if len(o.Movements) == 0 {
			o.Movements = before.Movements
		}
	case *Refund:
		if len(o.Movements) == 0 {
			o.Movements = before.(*Refund).Movements
		}
	case *Payout:
		if len(o.Movements) == 0 {
			o.Movements = before.(*Payout).Movements
		}
	case *Account:
		o.recall(before.(*Account))
	}
	return o
}

// nominate reads an object anew and repairs what is mirrored of it, and of what
// it names.
func (r *reconciliation) nominate(ctx context.Context, o Object) error {
	whose, err := r.owner(ctx, r.store, []Object{o})
	if err != nil {
		return err
	}
	if !whose.found() {
		r.report.Unowned++
		return nil
	}
	whose.quiet = r.quiet
	for _, t := range targets([]Object{o}) {
		if t.shown == nil && r.seen[t.key] {
			continue
		}
		r.seen[t.key] = true
		if err := r.repair(ctx, t, whose); err != nil {
			return err
		}
	}
	return nil
}

func (r *reconciliation) repair(ctx context.Context, t target, whose owner) error {
	before, err := known(ctx, r.store, t.key)
	if err != nil {
		return err
	}
	wrote, err := r.refresh(ctx, target{key: t.key, shown: before}, whose, r.asOf)
	if err != nil || !wrote {
		return err
	}
	after, err := r.store.Object(ctx, t.key)
	if err != nil {
		return err
	}
	d := Drift{Object: t.key, Client: whose.client, Expert: whose.expert, Actual: after.State()}
	if before != nil {
		d.Stored = before.State()
	}
	r.report.Drift = append(r.report.Drift, d)
	return nil
}
