package billing

import (
	"context"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// EntryKind is what a ledger entry records.
type EntryKind string

const (
	EntryCharge     EntryKind = "charge"
	EntryTransfer   EntryKind = "transfer" // from the platform
	EntryFee        EntryKind = "fee"      // the platform's commission, or the provider's; its refund too
	EntryRefund     EntryKind = "refund"   // of a charge, or the reversal of a transfer
	EntryDispute    EntryKind = "dispute"
	EntryAdjustment EntryKind = "adjustment"
	EntryPayout     EntryKind = "payout"
)

// Entry is one line of a connected account's ledger. Entries are never changed
// nor deleted: what turns out otherwise is a further one. All amounts are minor units of the
// currency, signed, and what comes in is what it became:
//
//	Gross - Fee = Balance + InTransit + PaidOut + Held
type Entry struct {
	ID        int64 // ours, given by the store, ascending
	Account   string
	Kind      EntryKind
	Object    string // the provider's id of what moved the money; see [Movement]
	Part      int    // from 1: tells apart the entries of one object
	Currency  frontdesk.Currency
	Gross     int64 // earned; refunds and disputes take from it
	Fee       int64 // commission and provider's fees
	Balance   int64 // what it adds to the balance at the provider: pending until AvailableOn, then available
	InTransit int64 // what it adds to payouts under way
	PaidOut   int64
	Held      int64 // what it adds to open disputes and reserves
	Exact     bool  // from the provider's balance; otherwise derived from the object alone

	AvailableOn time.Time
	Created     time.Time // when it happened, the provider's clock
	RecordedAt  time.Time // ours
}

// Balanced reports whether the entry's two sides agree.
func (e Entry) Balanced() bool {
	return e.Gross-e.Fee == e.Balance+e.InTransit+e.PaidOut+e.Held
}

// Validate refuses, as Invalid, an entry that is not Balanced or has no account, kind,
// object, part or currency.
func (e Entry) Validate() error {
	switch {
	case e.Account == "":
		return frontdesk.InvalidField("account", "must not be empty")
	case e.Kind == "":
		return frontdesk.InvalidField("kind", "must not be empty")
	case e.Object == "":
		return frontdesk.InvalidField("object", "must not be empty")
	case e.Part < 1:
		return frontdesk.InvalidField("part", "must count from 1")
	case e.Currency == "":
		return frontdesk.InvalidField("currency", "must not be empty")
	case !e.Balanced():
		return frontdesk.InvalidField("balance", "must be such that what came in is what it became")
	}
	return nil
}

// LedgerBalance is the sum of an account's entries in one currency. At any time
//
//	Gross - Fee = Net = Pending + Available + InTransit + PaidOut + Held
type LedgerBalance struct {
	Account   string
	Currency  frontdesk.Currency
	Gross     int64
	Fee       int64
	Refunded  int64 // the sum of EntryRefund and EntryDispute, above zero; it is part of Gross
	Pending   int64
	Available int64
	InTransit int64
	PaidOut   int64
	Held      int64
	AsOf      time.Time // what was available by then counts as available
}

// Net is what the account has earned.
func (b LedgerBalance) Net() int64 { return b.Gross - b.Fee }

// Balanced reports whether all that was earned is somewhere.
func (b LedgerBalance) Balanced() bool {
	return b.Net() == b.Pending+b.Available+b.InTransit+b.PaidOut+b.Held
}

// EntryFilter selects entries of an account, newest first by ID.
type EntryFilter struct {
	Account  string // always applied
	Currency frontdesk.Currency
	Kinds    []EntryKind
	Object   string
	// AvailableAfter and AvailableUntil select by AvailableOn: after the one, and
	// not after the other. Zero times do not limit.
	AvailableAfter, AvailableUntil time.Time
	Before                         int64 // only ids below it; 0: from the newest
	Limit                          int   // default 50, at most 500
}

// Ledger holds the entries, and their sums beside them. Every method that writes
// leaves both in agreement, in one transaction.
type Ledger interface {
	// AddEntries appends entries and adds them to their balances. What Validate refuses
	// is Invalid. One whose Account, Kind, Object and Part are there already is Aborted: somebody
	// else was first, look again.
	AddEntries(ctx context.Context, entries ...Entry) error
	// EntriesOf lists the entries of an object, by Currency and Part.
	EntriesOf(ctx context.Context, account string, kind EntryKind, object string) ([]Entry, error)
	// Entries lists, newest first.
	Entries(ctx context.Context, f EntryFilter) ([]Entry, error)
	// MatureBalances moves what has become available by asOf from pending to
	// available, in all currencies of the account. A time that is not after a
	// balance's AsOf changes nothing in it.
	MatureBalances(ctx context.Context, account string, asOf time.Time) error
	// Balances lists the account's balances by currency, as they are by asOf or
	// their own AsOf, whichever is later. It writes nothing.
	Balances(ctx context.Context, account string, asOf time.Time) ([]LedgerBalance, error)
	// SumEntries computes the balances from the entries alone, as of the stored
	// balances' AsOf (the zero time where there is none).
	SumEntries(ctx context.Context, account string) ([]LedgerBalance, error)
	// RebuildBalances puts what SumEntries computes in the place of what is stored.
	RebuildBalances(ctx context.Context, account string) error
}

// AccountLinks says which expert of the host a connected account belongs to.
type AccountLinks interface {
	// LinkAccount ties an account to an expert unless it is tied already, and
	// returns the expert it is tied to. An expert may have had several accounts.
	LinkAccount(ctx context.Context, account, expert string) (string, error)
	// ExpertOf fails with NotFound when the account belongs to nobody.
	ExpertOf(ctx context.Context, account string) (string, error)
	// AccountsOf lists the expert's accounts, the first linked first.
	AccountsOf(ctx context.Context, expert string) ([]string, error)
	// LinkedAccounts lists all linked accounts in order of their ids, after the one given.
	LinkedAccounts(ctx context.Context, after string, limit int) ([]string, error)
}
