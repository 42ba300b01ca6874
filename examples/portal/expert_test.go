package main

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

func TestAccountScope(t *testing.T) {
	r := withStory(t)
	var own listing[payout]
	r.get(t, "expert:nina", api+"payouts", &own)
	require.Len(t, own.Data, 1)
	ids := []string{own.Data[0].ID, own.Data[0].ProviderID}

	t.Run("an expert reads a payout of their own by either id", func(t *testing.T) {
		for _, id := range ids {
			var got payout
			r.get(t, "expert:nina", api+"payouts/"+id, &got)
			assert.Equal(t, own.Data[0], got)
		}
	})
	t.Run("another expert's payout is answered as one that does not exist", func(t *testing.T) {
		for _, rest := range []string{"", "/lines.csv"} {
			unknown := r.ask(t, "expert:omar", "GET", api+"payouts/nosuch"+rest, "", "X-Request-Id", "same")
			require.Equal(t, http.StatusNotFound, unknown.Status)
			for _, id := range ids {
				foreign := r.ask(t, "expert:omar", "GET", api+"payouts/"+id+rest, "", "X-Request-Id", "same")
				assert.Equal(t, unknown.Status, foreign.Status)
				assert.Equal(t, string(unknown.Body), string(foreign.Body))
			}
		}
		page := r.ask(t, "expert:omar", "GET", "/portal/payouts/"+ids[0], "")
		assert.Equal(t, http.StatusNotFound, page.Status)
	})
	t.Run("another expert's lists hold nothing of it", func(t *testing.T) {
		for _, path := range []string{"account", "balance", "payouts", "entries"} {
			a := r.ask(t, "expert:omar", "GET", api+path, "")
			require.Equal(t, http.StatusOK, a.Status)
			assert.NotContains(t, string(a.Body), "nina", path)
		}
	})
	t.Run("an expert who names another in the query is refused", func(t *testing.T) {
		for _, path := range []string{"account", "balance", "earnings", "entries", "payouts", "payouts/" + ids[0], "payouts/" + ids[0] + "/lines.csv"} {
			a := r.ask(t, "expert:omar", "GET", api+path+"?expert=nina", "")
			assert.Equal(t, http.StatusBadRequest, a.Status, path)
			assert.Equal(t, "expert", a.problem(t).Fields[0].Name)
		}
	})
	t.Run("an admin reads the expert whom they name", func(t *testing.T) {
		for path, says := range map[string]string{"account": "acct_nina", "payouts": ids[1], "payouts/" + ids[1]: ids[0], "entries": ids[1], "balance": "acct_nina"} {
			a := r.ask(t, "admin:root", "GET", api+path+"?expert=nina", "")
			require.Equal(t, http.StatusOK, a.Status, "%s %s", path, a.Body)
			assert.Contains(t, string(a.Body), says)
		}
	})
	t.Run("an admin says which expert", func(t *testing.T) {
		a := r.ask(t, "admin:root", "GET", api+"account", "")
		assert.Equal(t, http.StatusBadRequest, a.Status)
		assert.Equal(t, "expert", a.problem(t).Fields[0].Name)
		assert.Equal(t, http.StatusNotFound, r.ask(t, "admin:root", "GET", api+"account?expert=nosuch", "").Status)
	})
	t.Run("forms of experts are for experts", func(t *testing.T) {
		for _, path := range []string{"account/onboarding", "account/login", "account/verify", "account/schedule", "payouts"} {
			for who, want := range map[string]int{"client:acme": http.StatusForbidden, "admin:root": http.StatusForbidden, "": http.StatusUnauthorized} {
				assert.Equal(t, want, r.ask(t, who, "POST", "/portal/"+path, "", "Content-Type", form).Status, "%s as %q", path, who)
			}
		}
		assert.Equal(t, http.StatusForbidden, r.ask(t, "client:acme", "GET", "/portal/payouts/"+ids[0], "").Status)
	})
}

// TestNewExpert is somebody who has no account, until they onboard.
func TestNewExpert(t *testing.T) {
	r := start(t, func(c *config) { c.demo = false })
	r.people = people{{Role: frontdesk.RoleExpert, ID: "zoe", Name: "Zoe"}}
	handler := r.handler()
	session := r.sessions.cookie("expert:zoe", r.now(), false)
	ask := func(method, path, body string) *httptest.ResponseRecorder {
		req := httptest.NewRequest(method, r.url+path, strings.NewReader(body))
		req.AddCookie(session)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, req)
		return w
	}
	t.Run("the account is not found", func(t *testing.T) {
		for _, one := range [][2]string{{"GET", "account"}, {"POST", "account/login"}, {"POST", "account/verify"}} {
			w := ask(one[0], api+one[1], "")
			assert.Equal(t, http.StatusNotFound, w.Code, one[1])
			assert.Contains(t, w.Body.String(), `"code":"not_found"`)
		}
		w := ask("PUT", api+"account/schedule", `{"interval":"daily"}`)
		assert.Equal(t, http.StatusNotFound, w.Code)
	})
	t.Run("the lists are empty", func(t *testing.T) {
		for _, path := range []string{"balance", "earnings", "entries", "payouts"} {
			assert.JSONEq(t, `{"data": [], "next_cursor": null}`, ask("GET", api+path, "").Body.String(), path)
		}
	})
	t.Run("the page offers to begin", func(t *testing.T) {
		w := ask("GET", "/portal/", "")
		require.Equal(t, http.StatusOK, w.Code)
		assert.Contains(t, w.Body.String(), "You have no account to be paid with yet")
	})
	t.Run("a country that is none is refused by name", func(t *testing.T) {
		w := ask("POST", api+"account/onboarding", `{"country":"Portugal"}`)
		assert.Equal(t, http.StatusBadRequest, w.Code)
		assert.Contains(t, w.Body.String(), `"name":"country"`)
	})
	t.Run("onboarding makes the account, and completing it enables it", func(t *testing.T) {
		w := ask("POST", api+"account/onboarding", `{"country":"DE"}`)
		require.Equal(t, http.StatusCreated, w.Code, w.Body)
		var link onboarding
		answer{Body: w.Body.Bytes()}.into(t, &link)
		page := strings.TrimPrefix(link.URL, r.url)
		assert.Contains(t, ask("GET", page, "").Body.String(), "A bank account or debit card for payouts")

		var before account
		answer{Body: ask("GET", api+"account", "").Body.Bytes()}.into(t, &before)
		assert.Equal(t, "pending", before.Status)
		assert.Equal(t, "DE", *before.Country)
		assert.Equal(t, "zoe@experts.example", *before.Email)
		assert.NotEmpty(t, before.CurrentlyDue)

		require.Equal(t, http.StatusSeeOther, ask("POST", page, "").Code)
		var after account
		answer{Body: ask("POST", api+"account/verify", "").Body.Bytes()}.into(t, &after)
		assert.Equal(t, "enabled", after.Status)
		assert.Empty(t, after.CurrentlyDue)
		assert.NotNil(t, after.CurrentlyDue)
	})
}

func TestOnboarding(t *testing.T) {
	r := start(t)
	t.Run("what is due is there in words, with the deadline", func(t *testing.T) {
		var a account
		r.get(t, "expert:omar", api+"account", &a)
		assert.Equal(t, "pending", a.Status)
		require.Len(t, a.Requirements, len(a.CurrentlyDue))
		assert.Equal(t, requirement{"individual.verification.document", "A photo of your identity document"}, a.Requirements[0])
		require.NotNil(t, a.Deadline)
		assert.True(t, a.Deadline.After(time.Now()))
		home := r.ask(t, "expert:omar", "GET", "/portal/", "")
		assert.Contains(t, string(home.Body), "A photo of your identity document")
		assert.Contains(t, string(home.Body), a.Deadline.Format("2 January 2006"))
	})
	for _, target := range []string{"//evil.example", `/\\evil.example`, "https://evil.example/", "javascript:alert(1)", ""} {
		for _, field := range []string{"refresh_path", "return_path"} {
			t.Run(field+" "+target+" is refused", func(t *testing.T) {
				a := r.ask(t, "expert:omar", "POST", api+"account/onboarding", `{"`+field+`":"`+target+`"}`)
				require.Equal(t, http.StatusBadRequest, a.Status, "%s", a.Body)
				assert.Equal(t, field, a.problem(t).Fields[0].Name)
			})
		}
	}
	t.Run("the page is the expert's alone", func(t *testing.T) {
		a := r.ask(t, "expert:omar", "POST", api+"account/onboarding", "")
		require.Equal(t, http.StatusCreated, a.Status, "%s", a.Body)
		var link onboarding
		a.into(t, &link)
		assert.True(t, link.ExpiresAt.After(time.Now()))
		page := strings.TrimPrefix(link.URL, r.url)
		for _, who := range []string{"expert:nina", "client:acme", "admin:root"} {
			assert.Equal(t, http.StatusNotFound, r.ask(t, who, "GET", page, "").Status, who)
			assert.Equal(t, http.StatusNotFound, r.ask(t, who, "POST", page, "").Status, who)
		}
	})
	t.Run("telling what was due enables the account, by its event alone", func(t *testing.T) {
		a := r.ask(t, "expert:omar", "POST", "/portal/account/onboarding", "", "Content-Type", form)
		require.Equal(t, http.StatusSeeOther, a.Status)
		page := strings.TrimPrefix(a.Header.Get("Location"), r.url)
		require.Equal(t, http.StatusSeeOther, r.ask(t, "expert:omar", "POST", page, "").Status)
		eventually(t, "enabled", func() bool {
			var a account
			r.get(t, "expert:omar", api+"account", &a)
			return a.Status == "enabled" && len(a.CurrentlyDue) == 0 && a.Deadline == nil
		})
		_, effects := r.atRest(t, 1)
		require.Len(t, effects, 1)
		assert.Equal(t, "account.changed", effects[0].Name)
		assert.Nil(t, effects[0].Client)
	})
	t.Run("the dashboard is the expert's alone", func(t *testing.T) {
		a := r.ask(t, "expert:omar", "POST", api+"account/login", "")
		require.Equal(t, http.StatusCreated, a.Status, "%s", a.Body)
		var link struct{ URL string }
		a.into(t, &link)
		page := strings.TrimPrefix(link.URL, r.url)
		assert.Contains(t, string(r.ask(t, "expert:omar", "GET", page, "").Body), "153.00 EUR")
		assert.Equal(t, http.StatusNotFound, r.ask(t, "expert:nina", "GET", page, "").Status)
		form := r.ask(t, "expert:omar", "POST", "/portal/account/login", "")
		assert.Equal(t, http.StatusSeeOther, form.Status)
		assert.Contains(t, form.Header.Get("Location"), "/express/acct_omar/")
	})
}

func TestSchedule(t *testing.T) {
	r := start(t)
	for body, field := range map[string]string{
		`{}`:                                      "interval",
		`{"interval":"hourly"}`:                   "interval",
		`{"interval":"weekly"}`:                   "weekday",
		`{"interval":"weekly","weekday":"Mon"}`:   "weekday",
		`{"interval":"daily","weekday":"friday"}`: "weekday",
		`{"interval":"monthly"}`:                  "month_day",
		`{"interval":"monthly","month_day":32}`:   "month_day",
		`{"interval":"daily","delay_days":32}`:    "delay_days",
		`{"interval":"daily","delay_days":1}`:     "delay_days", // by the country
		`{"interval":"daily","delay_days":"1"}`:   "delay_days",
		`{"interval":"daily","anchor":"friday"}`:  "anchor",
	} {
		t.Run(body+" is refused for "+field, func(t *testing.T) {
			a := r.ask(t, "expert:nina", "PUT", api+"account/schedule", body)
			require.Equal(t, http.StatusBadRequest, a.Status, "%s", a.Body)
			assert.Equal(t, field, a.problem(t).Fields[0].Name)
		})
	}
	for body, want := range map[string]string{
		`{"interval":"weekly","weekday":"friday"}`:               `{"interval":"weekly","delay_days":3,"weekday":"friday","month_day":null}`,
		`{"interval":"monthly","month_day":31,"delay_days":9}`:   `{"interval":"monthly","delay_days":9,"weekday":null,"month_day":31}`,
		`{"interval":"manual","weekday":null,"delay_days":null}`: `{"interval":"manual","delay_days":null,"weekday":null,"month_day":null}`,
	} {
		t.Run(body+" is answered with the account", func(t *testing.T) {
			a := r.ask(t, "expert:nina", "PUT", api+"account/schedule", body)
			require.Equal(t, http.StatusOK, a.Status, "%s", a.Body)
			var got struct{ Schedule map[string]any }
			a.into(t, &got)
			raw := answer{Body: []byte(want)}
			var wanted map[string]any
			raw.into(t, &wanted)
			assert.Equal(t, wanted, got.Schedule)
		})
	}
	t.Run("the form takes what belongs to the interval", func(t *testing.T) {
		fields := url.Values{"interval": {"monthly"}, "weekday": {"monday"}, "month_day": {"15"}}
		a := r.ask(t, "expert:nina", "POST", "/portal/account/schedule", fields.Encode(), "Content-Type", form)
		require.Equal(t, http.StatusSeeOther, a.Status, "%s", a.Body)
		assert.Contains(t, string(r.ask(t, "expert:nina", "GET", "/portal/", "").Body), "monthly, on day 15 of the month")
		fields = url.Values{"interval": {"weekly"}, "weekday": {"friday"}, "month_day": {"15"}}
		a = r.ask(t, "expert:nina", "POST", "/portal/account/schedule", fields.Encode(), "Content-Type", form)
		require.Equal(t, http.StatusSeeOther, a.Status, "%s", a.Body)
		assert.Contains(t, string(r.ask(t, "expert:nina", "GET", "/portal/", "").Body), "<option selected>friday</option>")
	})
}

func TestPayouts(t *testing.T) {
	r := start(t)
	key := "Idempotency-Key"
	t.Run("every payout is explained to the cent", func(t *testing.T) {
		var all listing[payout]
		r.get(t, "expert:omar", api+"payouts", &all)
		require.NotEmpty(t, all.Data)
		for _, p := range all.Data {
			assert.Equal(t, p.Amount, sumOfEntries(t, p))
		}
	})
	for name, headers := range map[string][]string{
		"no key": nil, "an empty key": {key, ""}, "a key with a space": {key, "a b"}, "a key that is too long": {key, strings.Repeat("x", 256)},
	} {
		t.Run("with "+name+" nothing is paid", func(t *testing.T) {
			a := r.ask(t, "expert:omar", "POST", api+"payouts", `{"amount":{"amount":300,"currency":"eur"}}`, headers...)
			assert.Equal(t, http.StatusBadRequest, a.Status)
			assert.Equal(t, "idempotency_key", a.problem(t).Fields[0].Name)
		})
	}
	for _, amount := range []string{`{"amount":0,"currency":"eur"}`, `{"amount":-5,"currency":"eur"}`, `{"amount":5}`, `{"amount":5,"currency":"xxx"}`} {
		t.Run("an amount of "+amount+" is refused", func(t *testing.T) {
			a := r.ask(t, "expert:omar", "POST", api+"payouts", `{"amount":`+amount+`}`, key, "refused")
			assert.Equal(t, http.StatusBadRequest, a.Status)
			assert.Equal(t, "amount", a.problem(t).Fields[0].Name)
		})
	}
	t.Run("more than is available is refused, and nothing is paid", func(t *testing.T) {
		a := r.ask(t, "expert:omar", "POST", api+"payouts", `{"amount":{"amount":9900000,"currency":"eur"}}`, key, "too-much")
		assert.Equal(t, http.StatusConflict, a.Status, "%s", a.Body)
		assert.Equal(t, frontdesk.FailedPrecondition, a.problem(t).Code)
	})
	t.Run("the same key is the same payout", func(t *testing.T) {
		before := r.balanceOf(t, "omar")
		var first payout
		for range 3 {
			a := r.ask(t, "expert:omar", "POST", api+"payouts", `{"amount":{"amount":5300,"currency":"eur"},"description":"rent"}`, key, "rent")
			require.Equal(t, http.StatusCreated, a.Status, "%s", a.Body)
			var made payout
			a.into(t, &made)
			assert.Equal(t, made.Amount, sumOfEntries(t, made))
			if first.ID == "" {
				first = made
			}
			assert.Equal(t, first.ID, made.ID)
		}
		assert.False(t, first.Automatic)
		assert.Equal(t, "rent", *first.Description)
		after := r.balanceOf(t, "omar")
		assert.Equal(t, before.Available.Amount-5300, after.Available.Amount)
		assert.Equal(t, before.InTransit.Amount+5300, after.InTransit.Amount)
		assert.Equal(t, before.Net, after.Net)
	})
	t.Run("the lines are a file for spreadsheets", func(t *testing.T) {
		var all listing[payout]
		r.get(t, "expert:omar", api+"payouts?status=paid&limit=1", &all)
		require.Len(t, all.Data, 1)
		p := all.Data[0]
		a := r.ask(t, "expert:omar", "GET", api+"payouts/"+p.ID+"/lines.csv", "")
		require.Equal(t, http.StatusOK, a.Status)
		assert.Equal(t, "text/csv; charset=utf-8", a.Header.Get("Content-Type"))
		assert.Equal(t, "attachment; filename="+p.ProviderID+".csv", a.Header.Get("Content-Disposition"))
		rows, err := csv.NewReader(strings.NewReader(string(a.Body))).ReadAll()
		require.NoError(t, err)
		assert.Len(t, rows, 1+len(p.Entries))
		page := r.ask(t, "expert:omar", "GET", "/portal/payouts/"+p.ID, "")
		require.Equal(t, http.StatusOK, page.Status)
		for _, e := range p.Entries {
			assert.Contains(t, string(page.Body), shownMoney(e.Amount))
		}
	})
	t.Run("the page pays out what it has shown, once", func(t *testing.T) {
		fields := url.Values{"amount": {"2000"}, "currency": {"eur"}, "key": {"from-the-page"}}.Encode()
		for range 2 {
			a := r.ask(t, "expert:omar", "POST", "/portal/payouts", fields, "Content-Type", form)
			require.Equal(t, http.StatusSeeOther, a.Status, "%s", a.Body)
		}
		assert.Equal(t, int64(15300-5300-2000), r.balanceOf(t, "omar").Available.Amount)
		a := r.ask(t, "expert:omar", "POST", "/portal/payouts", "amount=x&currency=eur", "Content-Type", form)
		assert.Equal(t, "amount", a.problem(t).Fields[0].Name)
		a = r.ask(t, "expert:omar", "POST", "/portal/payouts", "amount=100&currency=eur", "Content-Type", form)
		assert.Equal(t, "key", a.problem(t).Fields[0].Name)
	})
}

// balanceOf is the expert's only balance, which must add up.
func (r *running) balanceOf(t *testing.T, expert string) balance {
	t.Helper()
	var all listing[balance]
	r.get(t, "expert:"+expert, api+"balance", &all)
	require.Len(t, all.Data, 1)
	b := all.Data[0]
	assert.Equal(t, b.Gross.Amount-b.Fee.Amount, b.Net.Amount)
	assert.Equal(t, b.Net.Amount, b.Pending.Amount+b.Available.Amount+b.InTransit.Amount+b.PaidOut.Amount+b.Held.Amount)
	return b
}

func TestLedger(t *testing.T) {
	r := start(t)
	t.Run("earnings are the balances without the account", func(t *testing.T) {
		var all listing[earnings]
		r.get(t, "expert:omar", api+"earnings", &all)
		require.Len(t, all.Data, 1)
		b := r.balanceOf(t, "omar")
		b.AsOf, all.Data[0].AsOf = nil, nil
		assert.Equal(t, b.money, all.Data[0].money)
		assert.Equal(t, frontdesk.Currency("eur"), all.Data[0].Currency)
	})
	t.Run("the entries sum to the balance, page by page", func(t *testing.T) {
		var sum money
		seen, next := 0, ""
		for {
			var some listing[entry]
			r.get(t, "expert:omar", api+"entries?limit=4"+next, &some)
			for _, e := range some.Data {
				assert.Equal(t, e.Gross.Amount-e.Fee.Amount, e.Balance.Amount+e.InTransit.Amount+e.PaidOut.Amount+e.Held.Amount)
				sum.Gross.Amount += e.Gross.Amount
				sum.Fee.Amount += e.Fee.Amount
				seen++
			}
			if some.NextCursor == nil {
				break
			}
			next = "&cursor=" + *some.NextCursor
		}
		b := r.balanceOf(t, "omar")
		assert.Equal(t, b.Gross.Amount, sum.Gross.Amount)
		assert.Equal(t, b.Fee.Amount, sum.Fee.Amount)
		assert.Greater(t, seen, 4)
	})
	t.Run("the entries are filtered by kind and currency", func(t *testing.T) {
		var some listing[entry]
		r.get(t, "expert:omar", api+"entries?kind=payout,refund&currency=eur", &some)
		kinds := map[string]bool{}
		for _, e := range some.Data {
			kinds[e.Kind] = true
		}
		assert.Equal(t, map[string]bool{"payout": true, "refund": true}, kinds)
		r.get(t, "expert:omar", api+"entries?currency=usd", &some)
		assert.Empty(t, some.Data)
	})
	for _, query := range []string{"currency=EUR", "cursor=x", "limit=0", "sort=x"} {
		t.Run("entries with "+query+" are refused", func(t *testing.T) {
			a := r.ask(t, "expert:omar", "GET", api+"entries?"+query, "")
			assert.Equal(t, http.StatusBadRequest, a.Status)
			assert.Equal(t, strings.SplitN(query, "=", 2)[0], a.problem(t).Fields[0].Name)
		})
	}
	t.Run("a balance that somebody has changed is found and put right", func(t *testing.T) {
		right := r.balanceOf(t, "omar")
		_, err := r.db.ExecContext(t.Context(), "UPDATE frontdesk_billing_balances SET gross = gross + 100, available = available + 100 WHERE account = 'acct_omar'")
		require.NoError(t, err)
		var drift listing[ledgerDrift]
		r.ask(t, "admin:root", "POST", api+"admin/experts/omar/ledger/verify", "").into(t, &drift)
		require.Len(t, drift.Data, 1)
		assert.Equal(t, right.Available.Amount+100, drift.Data[0].Stored.Available.Amount)
		assert.Equal(t, right.Available, drift.Data[0].Computed.Available)
		a := r.ask(t, "admin:root", "POST", api+"admin/experts/omar/ledger/rebuild", "")
		require.Equal(t, http.StatusOK, a.Status, "%s", a.Body)
		assert.Equal(t, right.Available, r.balanceOf(t, "omar").Available)
		assert.JSONEq(t, `{"data": [], "next_cursor": null}`, string(r.ask(t, "admin:root", "POST", api+"admin/experts/omar/ledger/verify", "").Body))
	})
	t.Run("an expert who does not exist has no ledger", func(t *testing.T) {
		for _, path := range []string{"verify", "rebuild"} {
			assert.Equal(t, http.StatusNotFound, r.ask(t, "admin:root", "POST", api+"admin/experts/nosuch/ledger/"+path, "").Status)
		}
	})
}

// earn makes a client pay for omar's work, and returns the payment and its transfer.
func (r *running) earn(t *testing.T, amount int64, key string) (*billing.Payment, string) {
	t.Helper()
	ctx := frontdesk.WithActor(t.Context(), frontdesk.System("test"))
	p, err := r.pay.StartPayment(ctx, "acme", billing.Charge{
		Amount: frontdesk.Money{Amount: amount, Currency: "eur"}, PaymentMethod: "pm_card_visa", Confirm: true, Key: key, For: billing.Booking{Expert: "omar"},
	})
	require.NoError(t, err)
	r.atRest(t, 1)
	p, err = r.pay.Payment(ctx, p.ID)
	require.NoError(t, err)
	require.NotEmpty(t, p.Transfer)
	return p, p.Transfer
}

func TestRefunds(t *testing.T) {
	r := start(t)
	key := "Idempotency-Key"
	for name, test := range map[string]struct {
		body       string
		gross, fee int64 // what is left to the expert of 10000 and 1500
	}{
		"the share and the commission in proportion":      {body: `{"amount":{"amount":4000,"currency":"eur"}}`, gross: 6000, fee: 900},
		"the whole, where no amount is named":             {body: `{}`, gross: 0, fee: 0},
		"all of it from the expert, with keep_commission": {body: `{"amount":{"amount":4000,"currency":"eur"},"keep_commission":true}`, gross: 6000, fee: 1500},
		"all of it from the portal, with keep_share":      {body: `{"amount":{"amount":4000,"currency":"eur"},"keep_share":true,"reason":"duplicate"}`, gross: 10000, fee: 1500},
	} {
		t.Run("a refund takes "+name, func(t *testing.T) {
			before := r.balanceOf(t, "omar")
			paid, _ := r.earn(t, 10000, name)
			a := r.ask(t, "admin:root", "POST", api+"payments/"+paid.RowID+"/refund", test.body, key, strings.ReplaceAll(name, " ", "-"))
			require.Equal(t, http.StatusCreated, a.Status, "%s", a.Body)
			var made refund
			a.into(t, &made)
			assert.Equal(t, "succeeded", made.Status)
			assert.Equal(t, paid.ID, made.Payment)
			r.atRest(t, 1)
			after := r.balanceOf(t, "omar")
			assert.Equal(t, test.gross, after.Gross.Amount-before.Gross.Amount, "gross")
			assert.Equal(t, test.fee, after.Fee.Amount-before.Fee.Amount, "fee")
		})
	}
	paid, taken := r.earn(t, 10000, "refused")
	for body, field := range map[string]string{
		`{"keep_share":true,"keep_commission":true}`:   "keep_share",
		`{"amount":{"amount":10001,"currency":"eur"}}`: "amount",
		`{"amount":{"amount":-1,"currency":"eur"}}`:    "amount",
		`{"amount":{"amount":1,"currency":"usd"}}`:     "amount",
		`{"reason":"because"}`:                         "reason",
		`{"amount":100}`:                               "amount",
		`{"keep":true}`:                                "keep",
	} {
		t.Run(body+" is refused for "+field, func(t *testing.T) {
			a := r.ask(t, "admin:root", "POST", api+"payments/"+paid.ID+"/refund", body, key, "x")
			require.Equal(t, http.StatusBadRequest, a.Status, "%s", a.Body)
			assert.Equal(t, field, a.problem(t).Fields[0].Name)
		})
	}
	t.Run("without a key, nothing is given back", func(t *testing.T) {
		for _, path := range []string{"payments/" + paid.ID + "/refund", "admin/transfers/" + taken + "/reverse"} {
			a := r.ask(t, "admin:root", "POST", api+path, "{}")
			assert.Equal(t, http.StatusBadRequest, a.Status)
			assert.Equal(t, "idempotency_key", a.problem(t).Fields[0].Name)
		}
	})
	t.Run("a transfer is taken back in parts, each key once", func(t *testing.T) {
		before := r.balanceOf(t, "omar")
		for i, part := range []string{`{"amount":{"amount":500,"currency":"eur"}}`, `{"amount":{"amount":500,"currency":"eur"}}`, `{}`} {
			a := r.ask(t, "admin:root", "POST", api+"admin/transfers/"+taken+"/reverse", part, key, fmt.Sprint("part", i/2))
			require.Equal(t, http.StatusOK, a.Status, "%s", a.Body)
			var got transfer
			a.into(t, &got)
			assert.Equal(t, "acct_omar", got.Account)
			assert.Equal(t, []string{"paid", "paid", "reversed"}[i], got.Status)
			assert.Equal(t, []int64{500, 500, 10000}[i], got.Reversed.Amount)
		}
		r.atRest(t, 1)
		assert.Equal(t, before.Gross.Amount-10000, r.balanceOf(t, "omar").Gross.Amount)
	})
	t.Run("more than is left cannot be taken back", func(t *testing.T) {
		a := r.ask(t, "admin:root", "POST", api+"admin/transfers/"+taken+"/reverse", `{"amount":{"amount":1,"currency":"eur"}}`, key, "more")
		assert.Equal(t, http.StatusBadRequest, a.Status)
		assert.Equal(t, "amount", a.problem(t).Fields[0].Name)
		assert.Equal(t, http.StatusNotFound, r.ask(t, "admin:root", "POST", api+"admin/transfers/nosuch/reverse", "{}", key, "more").Status)
	})
}

// TestEndpoints: what Stripe signs for one endpoint is taken at either.
func TestEndpoints(t *testing.T) {
	s := newStripeAPI(t, true)
	r := start(t, s.use, func(c *config) {
		c.stripe.secrets = append(c.stripe.secrets, frontdesk.NewSecret("whsec_connect"))
	})
	events := readStory(t, stories[0]).events
	for i, endpoint := range []string{"", "/connect"} {
		for j, secret := range []string{testSecret, "whsec_connect"} {
			status, err := post(t.Context(), r.url, secret, events[2*i+j], r.now(), endpoint)
			require.NoError(t, err)
			assert.Equal(t, http.StatusOK, status, "%s %s", endpoint, secret)
		}
		status, err := post(t.Context(), r.url, "whsec_other", events[9], r.now(), endpoint)
		require.NoError(t, err)
		assert.Equal(t, http.StatusBadRequest, status)
	}
	assert.Len(t, r.inbox(t), 4)
	assert.Equal(t, http.StatusMethodNotAllowed, r.ask(t, "", "GET", "/webhooks/stripe/connect", "").Status)
}

// TestHistory: a portal that starts again on its database does not pay omar twice.
func TestHistory(t *testing.T) {
	d := sqliteFile(t)
	first := start(t, on(d))
	before := first.balanceOf(t, "omar")
	assert.Positive(t, before.Available.Amount)
	assert.Positive(t, before.PaidOut.Amount)
	var none listing[balance]
	first.get(t, "expert:nina", api+"balance", &none)
	assert.Empty(t, none.Data, "nina's story is told by events")
	require.NoError(t, first.work.Stop(t.Context()))

	again := start(t, on(d))
	a := again.ask(t, "admin:root", "POST", api+"admin/reconcile", "")
	require.Equal(t, http.StatusOK, a.Status, "%s", a.Body)
	after := again.balanceOf(t, "omar")
	before.AsOf, after.AsOf = nil, nil
	assert.Equal(t, before, after)
	assert.Empty(t, again.inbox(t), "the past is no news")
	assert.Empty(t, again.effectsOf(t))
}

// TestHistoryOnEveryWeekday: the past is the same whenever the portal starts, though the
// provider pays on Mondays.
func TestHistoryOnEveryWeekday(t *testing.T) {
	for ahead := range 7 {
		r := start(t, func(c *config) { c.ahead = time.Duration(ahead) * day })
		b := r.balanceOf(t, "omar")
		assert.Equal(t, int64(15300), b.Available.Amount)
		assert.Equal(t, int64(17850), b.PaidOut.Amount)
		assert.Zero(t, b.Pending.Amount)
	}
}
