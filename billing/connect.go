package billing

import (
	"context"
	"iter"
)

// Connect is what a provider can do that pays a platform's experts. It is an
// ability that not every provider has.
//
// Writes to an account, and reads of what it holds, carry the account: in
// Write.Account, Ref.Account or the filter. Transfers and application fees are
// the platform's own.
type Connect interface {
	Accounts
	Transfers
	Payouts
}

// Accounts keeps connected accounts.
type Accounts interface {
	// CreateAccount makes an account that can take transfers and card payments;
	// Write.Account is empty.
	CreateAccount(ctx context.Context, w Write, p AccountParams) (*Account, error)
	GetAccount(ctx context.Context, id string) (*Account, error)
	// ListAccounts lists every account that is connected to the platform.
	ListAccounts(ctx context.Context) iter.Seq2[*Account, error]
	// SetPayoutSchedule changes when Write.Account is paid. What its country does
	// not allow is Invalid, with the field of PayoutSchedule.
	SetPayoutSchedule(ctx context.Context, w Write, s PayoutSchedule) (*Account, error)
	CreateAccountLink(ctx context.Context, w Write, p AccountLinkParams) (*AccountLink, error)
	CreateLoginLink(ctx context.Context, w Write) (*LoginLink, error)
}

// Transfers moves money to connected accounts, and commissions back.
type Transfers interface {
	CreateTransfer(ctx context.Context, w Write, p TransferParams) (*Transfer, error)
	// GetTransfer returns the transfer with all of its reversals.
	GetTransfer(ctx context.Context, id string) (*Transfer, error)
	ListTransfers(ctx context.Context, f TransferFilter) iter.Seq2[*Transfer, error]
	// ReverseTransfer takes money back; FailedPrecondition when that much is not left.
	ReverseTransfer(ctx context.Context, w Write, id string, p ReversalParams) (*Transfer, error)
	// GetApplicationFee returns the fee with all of its refunds.
	GetApplicationFee(ctx context.Context, id string) (*ApplicationFee, error)
	ListApplicationFees(ctx context.Context, f ApplicationFeeFilter) iter.Seq2[*ApplicationFee, error]
}

// Payouts pays connected accounts.
type Payouts interface {
	// CreatePayout pays from the available balance of Write.Account;
	// FailedPrecondition when it is not enough.
	CreatePayout(ctx context.Context, w Write, p PayoutParams) (*Payout, error)
	// GetPayout returns the payout with its Movements where the provider tells them.
	GetPayout(ctx context.Context, ref Ref) (*Payout, error)
	// ListPayouts lists, newest first, without Movements.
	ListPayouts(ctx context.Context, f PayoutFilter) iter.Seq2[*Payout, error]
	// GetBalance returns what the account has now.
	GetBalance(ctx context.Context, account string) (*Balance, error)
	// ListMovements lists the lines of an account's balance, newest first, without those
	// of payouts themselves.
	ListMovements(ctx context.Context, f MovementFilter) iter.Seq2[Movement, error]
}
