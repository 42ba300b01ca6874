package billingtest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
)

// api is the HTTP face of a fake.
type api struct {
	fake *billingtest.Provider
	url  string
}

func newAPI(t *testing.T, fake *billingtest.Provider) *api {
	t.Helper()
	server := httptest.NewServer(fake.Handler())
	t.Cleanup(server.Close)
	return &api{fake, server.URL}
}

// do asks with parameters such as "a=b" and headers such as "Name: value".
func (a *api) do(t *testing.T, method, path, params string, headers ...string) (*http.Response, map[string]any) {
	t.Helper()
	body := io.Reader(nil)
	if method == http.MethodGet {
		path += "?" + params
	} else {
		body = strings.NewReader(params)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, a.url+path, body)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer sk_test_1")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	var fields map[string]any
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&fields))
	return answer, fields
}

// refused asks and checks that the answer is an error with a status, type, code and parameter.
func (a *api) refused(t *testing.T, method, path, params string, status int, want ...string) {
	t.Helper()
	answer, fields := a.do(t, method, path, params)
	require.Equal(t, status, answer.StatusCode, fields)
	refusal := fields["error"].(map[string]any)
	got := []string{fmt.Sprint(refusal["type"]), fmt.Sprint(refusal["code"]), fmt.Sprint(refusal["param"])}
	require.Equal(t, want, got)
	require.NotEmpty(t, refusal["message"])
	require.NotEmpty(t, answer.Header.Get("Request-Id"))
}

func TestHandler(t *testing.T) {
	t.Run("a request without a key is 401", func(t *testing.T) {
		a := newAPI(t, billingtest.NewProvider())
		answer, fields := a.do(t, http.MethodGet, "/v1/customers/cus_1", "", "Authorization: Bearer ")
		require.Equal(t, http.StatusUnauthorized, answer.StatusCode)
		require.Contains(t, fields, "error")
	})
	t.Run("refusals are in Stripe's words", func(t *testing.T) {
		a := newAPI(t, acme(t, nil))
		a.refused(t, "GET", "/v1/nothing", "", 404, "invalid_request_error", "<nil>", "<nil>")
		a.refused(t, "DELETE", "/v1/customers/cus_acme", "", 404, "invalid_request_error", "<nil>", "<nil>")
		a.refused(t, "GET", "/v1/customers/cus_1", "", 404, "invalid_request_error", "resource_missing", "id")
		a.refused(t, "POST", "/v1/customers", "mail=a", 400, "invalid_request_error", "parameter_unknown", "mail")
		a.refused(t, "POST", "/v1/payment_intents", "amount=x&currency=eur", 400, "invalid_request_error", "parameter_invalid", "amount")
		a.refused(t, "POST", "/v1/payment_intents", "amount=100&currency=eur&confirm=true&payment_method=pm_card_visa_chargeDeclined",
			402, "card_error", "card_declined", "<nil>")
		a.refused(t, "GET", "/v1/customers/search", "query=name:1", 400, "invalid_request_error", "parameter_invalid", "query")
		a.refused(t, "GET", "/v1/invoices", "limit=101", 400, "invalid_request_error", "parameter_invalid", "limit")
	})
	t.Run("an unknown parameter is refused before anything is carried out", func(t *testing.T) {
		a := newAPI(t, billingtest.NewProvider())
		a.refused(t, "POST", "/v1/customers", "name=Acme&nick=a", 400, "invalid_request_error", "parameter_unknown", "nick")
		require.Zero(t, a.fake.Calls("CreateCustomer"))
	})
	t.Run("a decline names the payment that it leaves behind", func(t *testing.T) {
		a := newAPI(t, billingtest.NewProvider())
		a.fake.DeclineNext("insufficient_funds")
		_, fields := a.do(t, "POST", "/v1/payment_intents", "amount=100&currency=eur&confirm=true&payment_method=pm_card_visa")
		refusal := fields["error"].(map[string]any)
		require.Equal(t, "insufficient_funds", refusal["decline_code"])
		id := refusal["payment_intent"].(map[string]any)["id"].(string)
		pay, err := a.fake.GetPayment(t.Context(), billing.Ref{ID: id})
		require.NoError(t, err)
		require.Equal(t, billing.PaymentStatusRequiresPaymentMethod, pay.Status)
	})
	t.Run("faults have their status and a rate limit the time to wait", func(t *testing.T) {
		a := newAPI(t, acme(t, nil))
		for code, status := range map[frontdesk.Code]int{
			frontdesk.Unauthenticated: 401, frontdesk.PermissionDenied: 403, frontdesk.Aborted: 409, frontdesk.Internal: 500,
			frontdesk.Unavailable: 503, frontdesk.RateLimited: 429,
		} {
			a.fake.FailNext("GetCustomer", &frontdesk.Error{Code: code, RetryAfter: 3 * time.Second})
			answer, _ := a.do(t, http.MethodGet, "/v1/customers/cus_acme", "")
			require.Equal(t, status, answer.StatusCode)
			require.Equal(t, "3", answer.Header.Get("Retry-After"))
		}
	})
	t.Run("a lost answer breaks the connection", func(t *testing.T) {
		a := newAPI(t, billingtest.NewProvider())
		a.fake.LoseNext("CreateCustomer")
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.url+"/v1/customers", http.NoBody)
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer sk_test_1")
		answer, err := client.Do(r)
		if err == nil {
			_ = answer.Body.Close()
		}
		require.Error(t, err)
		require.Equal(t, 1, a.fake.Effects("CreateCustomer"))
	})
	t.Run("answers have the shape of the version that is asked for", func(t *testing.T) {
		fake, id := subscribed(t, nil)
		a := newAPI(t, fake)
		_, old := a.do(t, http.MethodGet, "/v1/subscriptions/"+id, "")
		require.Contains(t, old, "current_period_end")
		_, recent := a.do(t, http.MethodGet, "/v1/subscriptions/"+id, "", "Stripe-Version: 2025-09-30.clover")
		require.NotContains(t, recent, "current_period_end")
	})
	t.Run("a payment is expanded when it is asked for", func(t *testing.T) {
		fake, id := subscribed(t, nil)
		a, invoice := newAPI(t, fake), latestInvoice(t, fake, id)
		_, plain := a.do(t, http.MethodGet, "/v1/invoices/"+invoice.ID, "")
		require.Equal(t, invoice.Payment, plain["payment_intent"])
		_, expanded := a.do(t, http.MethodGet, "/v1/invoices/"+invoice.ID, "expand[0]=payment_intent")
		require.Equal(t, "succeeded", expanded["payment_intent"].(map[string]any)["status"])
		_, pay := a.do(t, http.MethodGet, "/v1/payment_intents/"+invoice.Payment, "expand[]=latest_charge")
		require.Equal(t, true, pay["latest_charge"].(map[string]any)["captured"])
		charge := pay["latest_charge"].(map[string]any)["id"].(string)
		_, alone := a.do(t, http.MethodGet, "/v1/charges/"+charge, "")
		require.Equal(t, invoice.Payment, alone["payment_intent"])
	})
	t.Run("a list has pages, newest first", func(t *testing.T) {
		a := newAPI(t, billingtest.NewProvider())
		for i := range 5 {
			a.do(t, "POST", "/v1/payment_intents", fmt.Sprintf("amount=%d&currency=eur", 100+i))
		}
		var amounts []any
		for after, more := "", true; more; {
			_, page := a.do(t, http.MethodGet, "/v1/payment_intents", "limit=2&starting_after="+after)
			for _, row := range page["data"].([]any) {
				amounts = append(amounts, row.(map[string]any)["amount"])
				after = row.(map[string]any)["id"].(string)
			}
			more = page["has_more"].(bool)
		}
		require.Equal(t, []any{104.0, 103.0, 102.0, 101.0, 100.0}, amounts)
	})
	t.Run("canceled subscriptions are left out unless all are asked for", func(t *testing.T) {
		fake, id := subscribed(t, nil)
		a := newAPI(t, fake)
		_, canceled := a.do(t, http.MethodDelete, "/v1/subscriptions/"+id, "prorate=true")
		require.Equal(t, "canceled", canceled["status"])
		for params, want := range map[string]int{"": 0, "status=all": 1, "status=canceled": 1, "status=active": 0} {
			_, page := a.do(t, http.MethodGet, "/v1/subscriptions", params)
			require.Len(t, page["data"], want, params)
		}
	})
	t.Run("the flag does not undo a cancellation at a date, an empty date does", func(t *testing.T) {
		fake, id := subscribed(t, nil)
		a := newAPI(t, fake)
		require.NoError(t, fake.ScheduleCancel(id, fake.Now().Add(day)))
		_, same := a.do(t, "POST", "/v1/subscriptions/"+id, "cancel_at_period_end=false")
		require.NotNil(t, same["cancel_at"])
		_, kept := a.do(t, "POST", "/v1/subscriptions/"+id, "cancel_at=")
		require.Nil(t, kept["cancel_at"])
	})
	t.Run("objects of an account are reached with its header only", func(t *testing.T) {
		a := newAPI(t, billingtest.NewProvider())
		a.fake.AddCustomer(billing.Ref{Account: "acct_nina", ID: "cus_1"}, billing.CustomerParams{})
		a.refused(t, "GET", "/v1/customers/cus_1", "", 404, "invalid_request_error", "resource_missing", "id")
		answer, _ := a.do(t, http.MethodGet, "/v1/customers/cus_1", "", "Stripe-Account: acct_nina")
		require.Equal(t, http.StatusOK, answer.StatusCode)
	})
	t.Run("undelivered events are listed", func(t *testing.T) {
		a := newAPI(t, acme(t, nil))
		_, page := a.do(t, http.MethodGet, "/v1/events", url.Values{"delivery_success": {"false"}, "types[]": {"customer.created"}}.Encode())
		require.Len(t, page["data"], 1)
		id := page["data"].([]any)[0].(map[string]any)["id"].(string)
		_, alone := a.do(t, http.MethodGet, "/v1/events/"+id, "")
		require.Equal(t, "customer.created", alone["type"])
	})
}
