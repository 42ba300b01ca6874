package stripe_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// payoutBody is a payout with more members.
func payoutBody(members string) string {
	return `{"id": "po_1", "object": "payout", "amount": 8700, "currency": "eur", "status": "paid"` + members + `}`
}

const (
	ownLine    = `{"id": "txn_3", "type": "payout", "amount": -8700, "fee": 0, "currency": "eur", "source": {"id": "po_1", "object": "payout"}}`
	refundLine = `{"id": "txn_2", "type": "payment_refund", "amount": -1000, "fee": 0, "currency": "eur",
		"source": {"id": "pyr_1", "object": "refund", "source_transfer_reversal": "trr_1"}}`
	chargeLine = `{"id": "txn_1", "type": "payment", "amount": 11000, "fee": 1300, "currency": "eur",
		"fee_details": [{"type": "application_fee", "amount": 1300}],
		"source": {"id": "py_1", "object": "charge", "source_transfer": "tr_1", "application_fee": "fee_1"}}`
)

func TestGetPayout(t *testing.T) {
	ref := billing.Ref{Account: "acct_1", ID: "po_1"}
	automatic := says(http.StatusOK, payoutBody(`, "automatic": true, "reconciliation_status": "completed"`))
	t.Run("an automatic payout has what it pays, from all pages, and not itself", func(t *testing.T) {
		s, p := scripted(t, automatic, pageOf(true, ownLine+","+refundLine), pageOf(false, chargeLine))
		payout, err := p.GetPayout(t.Context(), ref)
		require.NoError(t, err)
		require.Len(t, payout.Movements, 3)
		var sum int64
		for _, m := range payout.Movements {
			sum += m.Amount.Amount
		}
		assert.Equal(t, payout.Amount.Amount, sum)
		q := s.requests[1].URL.Query()
		assert.Equal(t, "po_1", q.Get("payout"))
		assert.Equal(t, "data.source", q.Get("expand[0]"))
		assert.Equal(t, "txn_2", s.requests[2].URL.Query().Get("starting_after"))
		for _, r := range s.requests {
			assert.Equal(t, "acct_1", r.Header.Get("Stripe-Account"))
		}
	})
	for rule, a := range map[string]answer{
		"Stripe refuses to tell":       refuses(400, `"type": "invalid_request_error", "code": "payout_reconciliation_not_ready"`),
		"Stripe knows of nothing":      pageOf(false, ""),
		"Stripe refuses the parameter": refuses(400, `"type": "invalid_request_error", "param": "payout"`),
	} {
		t.Run("while "+rule+", there are no movements and no error", func(t *testing.T) {
			_, p := scripted(t, automatic, a)
			payout, err := p.GetPayout(t.Context(), ref)
			require.NoError(t, err)
			assert.Nil(t, payout.Movements)
			assert.Equal(t, int64(8700), payout.Amount.Amount)
		})
	}
	t.Run("movements that cannot be read for another reason are an error", func(t *testing.T) {
		_, p := scripted(t, automatic, refuses(403, `"type": "invalid_request_error", "code": "account_invalid"`))
		_, err := p.GetPayout(t.Context(), ref)
		require.ErrorIs(t, err, frontdesk.PermissionDenied)
	})
	for rule, members := range map[string]string{
		"a payout that was asked for":             `, "automatic": false, "reconciliation_status": "not_applicable"`,
		"a payout that is still being reconciled": `, "automatic": true, "reconciliation_status": "in_progress"`,
	} {
		t.Run(rule+" has no movements, and none are asked for", func(t *testing.T) {
			s, p := scripted(t, says(http.StatusOK, payoutBody(members)))
			payout, err := p.GetPayout(t.Context(), ref)
			require.NoError(t, err)
			assert.Nil(t, payout.Movements)
			assert.Equal(t, 1, s.attempts())
		})
	}
}

func TestListMovements(t *testing.T) {
	lines := pageOf(false, ownLine+","+refundLine+","+chargeLine)
	filter := billing.MovementFilter{Account: "acct_1", Since: time.Unix(1_700_000_000, 0)}
	t.Run("each line is its movements, by the names that every view shares", func(t *testing.T) {
		s, p := scripted(t, lines)
		movements, err := all(p.ListMovements(t.Context(), filter))
		require.NoError(t, err)
		assert.Equal(t, []billing.Movement{
			{Transaction: "txn_2", Kind: billing.EntryRefund, Object: "trr_1", Amount: euros(-1000)},
			{Transaction: "txn_1", Kind: billing.EntryTransfer, Object: "tr_1", Amount: euros(11000)},
			{Transaction: "txn_1", Kind: billing.EntryFee, Object: "fee_1", Amount: euros(-1300)},
		}, movements)
		assert.Equal(t, "1700000000", s.requests[0].URL.Query().Get("created[gte]"))
		assert.Equal(t, "acct_1", s.requests[0].Header.Get("Stripe-Account"))
	})
	t.Run("the list may be left in the middle of a line, and read again", func(t *testing.T) {
		s, p := scripted(t, lines)
		seq := p.ListMovements(t.Context(), filter)
		n := 0
		for range seq {
			if n++; n == 2 {
				break
			}
		}
		movements, err := all(seq)
		require.NoError(t, err)
		assert.Len(t, movements, 3)
		assert.Equal(t, 2, s.attempts())
	})
	t.Run("the error of a page comes last", func(t *testing.T) {
		_, p := scripted(t, pageOf(true, refundLine), refuses(401, `"type": "invalid_request_error"`))
		movements, err := all(p.ListMovements(t.Context(), filter))
		require.ErrorIs(t, err, frontdesk.Unauthenticated)
		assert.Len(t, movements, 1)
	})
}

func TestMovementsOfWhatIsRead(t *testing.T) {
	const line = `{"id": "txn_1", "type": "charge", "amount": 1000, "fee": 59, "currency": "eur"}`
	charge := says(http.StatusOK, `{"id": "ch_1", "object": "charge", "amount": 1000, "currency": "eur", "status": "succeeded", "balance_transaction": `+line+`}`)
	intent := says(http.StatusOK, `{"id": "pi_1", "object": "payment_intent", "currency": "eur", "latest_charge": {"id": "ch_1", "balance_transaction": `+line+`}}`)
	want := []billing.Movement{
		{Transaction: "txn_1", Kind: billing.EntryCharge, Object: "ch_1", Amount: euros(1000)},
		{Transaction: "txn_1", Kind: billing.EntryFee, Object: "ch_1", Amount: euros(-59)},
	}
	for id, a := range map[string]answer{"ch_1": charge, "pi_1": intent} {
		t.Run(id+" of an account is read with its movements", func(t *testing.T) {
			s, p := scripted(t, a)
			payment, err := p.GetPayment(t.Context(), billing.Ref{Account: "acct_1", ID: id})
			require.NoError(t, err)
			assert.Equal(t, want, payment.Movements)
			assert.Contains(t, s.requests[0].URL.RawQuery, "balance_transaction")
		})
		t.Run(id+" of the platform is read without", func(t *testing.T) {
			s, p := scripted(t, a)
			payment, err := p.GetPayment(t.Context(), billing.Ref{ID: id})
			require.NoError(t, err)
			assert.Nil(t, payment.Movements)
			assert.NotContains(t, s.requests[0].URL.RawQuery, "balance_transaction")
		})
	}
}
