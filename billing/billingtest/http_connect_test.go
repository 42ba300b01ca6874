package billingtest_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/billing/billingtest"
)

const asNina = "Stripe-Account: acct_nina"

// ok asks and checks that the answer is no error.
func (a *api) ok(t *testing.T, method, path, params string, headers ...string) map[string]any {
	t.Helper()
	answer, fields := a.do(t, method, path, params, headers...)
	require.Equal(t, http.StatusOK, answer.StatusCode, fields)
	return fields
}

// data is what a list holds.
func data(list map[string]any) []map[string]any {
	var rows []map[string]any
	for _, row := range list["data"].([]any) {
		rows = append(rows, row.(map[string]any))
	}
	return rows
}

func form(pairs ...string) string {
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return values.Encode()
}

func TestHandler_of_accounts(t *testing.T) {
	t.Run("an account is created, named in the path and listed", func(t *testing.T) {
		a := newAPI(t, billingtest.NewProvider())
		made := a.ok(t, "POST", "/v1/accounts", form("type", "express", "country", "DE", "email", "nina@example.com",
			"capabilities[transfers][requested]", "true", "metadata[expert]", "nina"))
		require.Equal(t, "account", made["object"])
		require.Equal(t, false, made["details_submitted"])
		require.Contains(t, made["requirements"].(map[string]any)["currently_due"], "external_account")
		read := a.ok(t, "GET", "/v1/accounts/"+made["id"].(string), "")
		require.Equal(t, made, read)
		require.Equal(t, []map[string]any{made}, data(a.ok(t, "GET", "/v1/accounts", "")))
	})
	t.Run("the schedule takes Stripe's spelling, and refusals name it", func(t *testing.T) {
		a := newAPI(t, nina(nil))
		const at = "settings[payouts][schedule]"
		set := a.ok(t, "POST", "/v1/accounts/acct_nina", form(at+"[interval]", "weekly", at+"[weekly_anchor]", "friday", at+"[delay_days]", "minimum"))
		require.Equal(t, map[string]any{"interval": "weekly", "weekly_anchor": "friday", "delay_days": float64(3)},
			set["settings"].(map[string]any)["payouts"].(map[string]any)["schedule"])
		for param, value := range map[string]string{"[delay_days]": "2", "[interval]": "hourly", "[monthly_anchor]": "3"} {
			fields := url.Values{at + "[interval]": {"daily"}}
			fields.Set(at+param, value)
			a.refused(t, "POST", "/v1/accounts/acct_nina", fields.Encode(), 400, "invalid_request_error", "parameter_invalid", at+param)
		}
		a.refused(t, "POST", "/v1/accounts/acct_nina", form("email", "x@example.com"), 400, "invalid_request_error", "parameter_unknown", "email")
	})
	t.Run("links are made for the account in the body or the path", func(t *testing.T) {
		a := newAPI(t, nina(nil))
		params := form("account", "acct_nina", "refresh_url", "https://a.example/1", "return_url", "https://a.example/2", "type", "account_onboarding")
		require.Contains(t, a.ok(t, "POST", "/v1/account_links", params)["url"], "acct_nina")
		require.Contains(t, a.ok(t, "POST", "/v1/accounts/acct_nina/login_links", "")["url"], "acct_nina")
		a.refused(t, "POST", "/v1/account_links", form("type", "account_onboarding"), 400, "invalid_request_error", "parameter_invalid", "account")
	})
	t.Run("an account that is not connected is 403", func(t *testing.T) {
		fake := nina(nil)
		a := newAPI(t, fake)
		require.NoError(t, fake.Deauthorize("acct_nina"))
		a.refused(t, "GET", "/v1/accounts/acct_nina", "", 403, "invalid_request_error", "account_invalid", "<nil>")
		a.refused(t, "GET", "/v1/accounts/acct_nobody", "", 403, "invalid_request_error", "account_invalid", "<nil>")
		answer, _ := a.do(t, "GET", "/v1/payment_intents", "", asNina)
		require.Equal(t, http.StatusForbidden, answer.StatusCode)
	})
}

func TestHandler_of_splits(t *testing.T) {
	pay := func(extra ...string) string {
		return form(append([]string{"amount", "10000", "currency", "eur", "confirm", "true", "payment_method", "pm_card_visa"}, extra...)...)
	}
	toNina := []string{"transfer_data[destination]", "acct_nina", "application_fee_amount", "1300", "on_behalf_of", "acct_nina", "transfer_group", "order_1"}
	t.Run("a charge, its transfer and its fee name each other on both sides", func(t *testing.T) {
		a := newAPI(t, nina(nil))
		intent := a.ok(t, "POST", "/v1/payment_intents", pay(append(toNina, "expand[]", "latest_charge")...))
		require.Equal(t, map[string]any{"destination": "acct_nina"}, intent["transfer_data"])
		charge := intent["latest_charge"].(map[string]any)
		require.EqualValues(t, 1300, charge["application_fee_amount"])
		require.Nil(t, charge["application_fee"])
		transfer := a.ok(t, "GET", "/v1/transfers/"+charge["transfer"].(string), "")
		require.Equal(t, "order_1", transfer["transfer_group"])
		require.Equal(t, charge["id"], transfer["source_transaction"])
		py := a.ok(t, "GET", "/v1/charges/"+transfer["destination_payment"].(string), form("expand[]", "balance_transaction"), asNina)
		require.Nil(t, py["payment_intent"])
		require.Equal(t, transfer["id"], py["source_transfer"])
		line := py["balance_transaction"].(map[string]any)
		require.EqualValues(t, 8700, line["net"])
		require.Equal(t, "application_fee", line["fee_details"].([]any)[0].(map[string]any)["type"])
		fee := a.ok(t, "GET", "/v1/application_fees/"+py["application_fee"].(string), "")
		require.Equal(t, []any{"acct_nina", py["id"], charge["id"]}, []any{fee["account"], fee["charge"], fee["originating_transaction"]})
		a.refused(t, "GET", "/v1/payment_intents/"+py["id"].(string), "", 404, "invalid_request_error", "resource_missing", "id")
	})
	t.Run("what cannot be split is refused in Stripe's words", func(t *testing.T) {
		a := newAPI(t, nina(nil))
		a.refused(t, "POST", "/v1/payment_intents", pay("transfer_data[destination]", "acct_x"), 400, "invalid_request_error", "resource_missing", "transfer_data[destination]")
		a.refused(t, "POST", "/v1/payment_intents", pay("transfer_data[destination]", "acct_nina", "application_fee_amount", "10001"), 400, "invalid_request_error", "parameter_invalid", "application_fee_amount")
		a.refused(t, "POST", "/v1/payment_intents", pay("on_behalf_of", "acct_x"), 400, "invalid_request_error", "resource_missing", "on_behalf_of")
		pending := a.ok(t, "POST", "/v1/accounts", form("type", "express"))["id"].(string)
		a.refused(t, "POST", "/v1/transfers", form("amount", "1", "currency", "eur", "destination", pending), 400, "invalid_request_error", "insufficient_capabilities_for_transfer", "<nil>")
		a.refused(t, "POST", "/v1/checkout/sessions", form("mode", "payment", "success_url", "https://a.example", "line_items[0][price_data][currency]", "eur",
			"line_items[0][price_data][unit_amount]", "100", "line_items[0][price_data][product_data][name]", "Call", "payment_intent_data[application_fee_amount]", "10"),
			400, "invalid_request_error", "parameter_invalid", "payment_intent_data[application_fee_amount]")
	})
	t.Run("a reversal is answered with itself, and all are listed", func(t *testing.T) {
		a := newAPI(t, nina(nil))
		tr := a.ok(t, "POST", "/v1/transfers", form("amount", "10000", "currency", "eur", "destination", "acct_nina"))["id"].(string)
		for range 12 {
			r := a.ok(t, "POST", "/v1/transfers/"+tr+"/reversals", form("amount", "100"))
			require.Equal(t, "transfer_reversal", r["object"])
			require.EqualValues(t, 100, r["amount"])
		}
		shown := a.ok(t, "GET", "/v1/transfers/"+tr, "")["reversals"].(map[string]any)
		require.Len(t, shown["data"], 10)
		require.Equal(t, true, shown["has_more"])
		require.Len(t, a.ok(t, "GET", "/v1/transfers/"+tr+"/reversals", form("limit", "100"))["data"], 12)
		a.refused(t, "POST", "/v1/transfers/"+tr+"/reversals", form("amount", "8801"), 400, "invalid_request_error", "<nil>", "amount")
	})
}

func TestHandler_of_payouts(t *testing.T) {
	t.Run("a balance is read with the account in the header", func(t *testing.T) {
		fake := nina(nil)
		a := newAPI(t, fake)
		split(t, fake, "a")
		b := a.ok(t, "GET", "/v1/balance", "", asNina)
		require.NotContains(t, b, "id")
		require.EqualValues(t, 8700, b["pending"].([]any)[0].(map[string]any)["amount"])
		answer, fields := a.do(t, "POST", "/v1/payouts", form("amount", "1", "currency", "eur"), asNina)
		require.Equal(t, http.StatusBadRequest, answer.StatusCode)
		require.Equal(t, "balance_insufficient", fields["error"].(map[string]any)["code"])
	})
	t.Run("what an automatic payout pays sums to it, with every source expanded", func(t *testing.T) {
		fake := nina(nil)
		a := newAPI(t, fake)
		pay := split(t, fake, "a")
		a.ok(t, "POST", "/v1/refunds", form("payment_intent", pay.ID, "amount", "5000", "reverse_transfer", "true", "refund_application_fee", "true"))
		direct := a.ok(t, "POST", "/v1/payment_intents", form("amount", "40000", "currency", "eur", "confirm", "true", "payment_method", "pm_card_visa"), asNina)
		_, err := fake.OpenDispute(direct["id"].(string))
		require.NoError(t, err)
		fake.Advance(5 * day)
		po := data(a.ok(t, "GET", "/v1/payouts", "", asNina))[0]
		require.Equal(t, "completed", po["reconciliation_status"])
		var net float64
		var sources []string
		for _, line := range data(a.ok(t, "GET", "/v1/balance_transactions", form("payout", po["id"].(string), "expand[]", "data.source"), asNina)) {
			net += line["net"].(float64)
			source := line["source"].(map[string]any)
			sources = append(sources, fmt.Sprint(line["type"], " ", source["object"]))
		}
		require.Equal(t, po["amount"], net)
		require.Equal(t, []string{
			"adjustment dispute", "charge charge", "application_fee_refund fee_refund", "payment_refund refund", "payment charge",
		}, sources)
		all := data(a.ok(t, "GET", "/v1/balance_transactions", form("type", "payout"), asNina))
		require.Equal(t, po["id"], all[0]["source"])
		require.Equal(t, all[0], a.ok(t, "GET", "/v1/balance_transactions/"+all[0]["id"].(string), "", asNina))
	})
	t.Run("the lines of refunds and disputes are shown with them", func(t *testing.T) {
		fake := nina(nil)
		a := newAPI(t, fake)
		direct := a.ok(t, "POST", "/v1/payment_intents", form("amount", "40000", "currency", "eur", "confirm", "true", "payment_method", "pm_card_visa"), asNina)
		r := a.ok(t, "POST", "/v1/refunds", form("payment_intent", direct["id"].(string), "amount", "1000", "expand[]", "balance_transaction"), asNina)
		require.EqualValues(t, -1000, r["balance_transaction"].(map[string]any)["net"])
		d, err := fake.OpenDispute(direct["id"].(string))
		require.NoError(t, err)
		lines := a.ok(t, "GET", "/v1/disputes/"+d.ID, "", asNina)["balance_transactions"].([]any)
		require.EqualValues(t, -41500, lines[0].(map[string]any)["net"])
		listed := data(a.ok(t, "GET", "/v1/payment_intents", form("expand[]", "data.latest_charge.balance_transaction"), asNina))
		line := listed[0]["latest_charge"].(map[string]any)["balance_transaction"].(map[string]any)
		require.EqualValues(t, 40000-625, line["net"])
	})
}
