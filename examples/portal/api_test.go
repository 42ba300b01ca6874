package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
)

const api = "/portal/api/"

// withStory is a portal that has taken in the story of client acme.
func withStory(t *testing.T) *running {
	t.Helper()
	r, s := start(t), readStory(t, stories[0])
	deliveries[0].post(t, r, s, func(int) {})
	r.atRest(t, len(s.events))
	return r
}

func TestScope(t *testing.T) {
	r := withStory(t)
	ids := map[string][]string{}
	for _, kind := range []string{"subscriptions", "invoices"} {
		var page listing[struct {
			ID         string
			ProviderID string `json:"provider_id"`
		}]
		r.get(t, "client:acme", api+kind, &page)
		require.NotEmpty(t, page.Data)
		ids[kind] = []string{page.Data[0].ID, page.Data[0].ProviderID}
	}
	t.Run("a client reads a record of their own by either id", func(t *testing.T) {
		for kind, both := range ids {
			for _, id := range both {
				assert.Equal(t, http.StatusOK, r.ask(t, "client:acme", "GET", api+kind+"/"+id, "").Status)
			}
		}
	})
	t.Run("an admin reads everybody's", func(t *testing.T) {
		assert.Equal(t, http.StatusOK, r.ask(t, "admin:root", "GET", api+"invoices/"+ids["invoices"][0], "").Status)
	})
	t.Run("another client's record is answered as one that does not exist", func(t *testing.T) {
		for kind, both := range ids {
			unknown := r.ask(t, "client:globex", "GET", api+kind+"/nosuch", "", "X-Request-Id", "same")
			require.Equal(t, http.StatusNotFound, unknown.Status)
			for _, id := range both {
				foreign := r.ask(t, "client:globex", "GET", api+kind+"/"+id, "", "X-Request-Id", "same")
				assert.Equal(t, unknown.Status, foreign.Status)
				assert.Equal(t, string(unknown.Body), string(foreign.Body))
			}
		}
	})
	t.Run("another client's subscription cannot be canceled or kept", func(t *testing.T) {
		for _, do := range []string{"/cancel", "/keep"} {
			a := r.ask(t, "client:globex", "POST", api+"subscriptions/"+ids["subscriptions"][0]+do, "{}")
			assert.Equal(t, http.StatusNotFound, a.Status)
			assert.Equal(t, frontdesk.NotFound, a.problem(t).Code)
		}
	})
	t.Run("another client's lists hold nothing of it", func(t *testing.T) {
		for _, kind := range []string{"subscriptions", "invoices", "payments"} {
			assert.JSONEq(t, `{"data": [], "next_cursor": null}`, string(r.ask(t, "client:globex", "GET", api+kind, "").Body))
		}
	})
	t.Run("an id in the query does not widen what is seen", func(t *testing.T) {
		a := r.ask(t, "client:globex", "GET", api+"subscriptions?client=acme", "")
		assert.Equal(t, http.StatusBadRequest, a.Status)
		assert.Equal(t, "client", a.problem(t).Fields[0].Name)
	})
	t.Run("what cannot be an id is answered as one that does not exist", func(t *testing.T) {
		for _, id := range []string{"%00", "%20", "a%2Fb", "%ff", "%C3%A9", strings.Repeat("x", 300)} {
			a := r.ask(t, "client:acme", "GET", api+"invoices/"+id, "")
			assert.Equal(t, http.StatusNotFound, a.Status, id)
		}
	})
}

func TestIdentity(t *testing.T) {
	r := start(t)
	for name, headers := range map[string][]string{
		"nobody":                       nil,
		"an unknown person":            {demoHeader, "client:initech"},
		"a person in another's role":   {demoHeader, "admin:acme"},
		"an empty name":                {demoHeader, ""},
		"another spelling":             {demoHeader, "Client:acme"},
		"the host's own role":          {demoHeader, "system:billing"},
		"a forged session":             {"Cookie", sessionCookie + "=MTc5OTk5OTk5OSBhZG1pbjpyb290.AAAA"},
		"a session without signature":  {"Cookie", sessionCookie + "=MTc5OTk5OTk5OSBhZG1pbjpyb290"},
		"a session that is not base64": {"Cookie", sessionCookie + "=???.???"},
	} {
		t.Run(name+" is unauthenticated", func(t *testing.T) {
			a := r.ask(t, "", "GET", api+"overview", "", headers...)
			assert.Equal(t, http.StatusUnauthorized, a.Status)
			assert.Equal(t, frontdesk.Unauthenticated, a.problem(t).Code)
		})
	}
	t.Run("two names are nobody", func(t *testing.T) {
		req, err := http.NewRequestWithContext(t.Context(), "GET", r.url+api+"overview", nil)
		require.NoError(t, err)
		req.Header[demoHeader] = []string{"client:acme", "client:globex"}
		assert.Equal(t, http.StatusUnauthorized, r.do(t, req).Status)
	})
	t.Run("a name that is unknown is not made good by a session", func(t *testing.T) {
		c := r.sessions.cookie("client:acme", r.now(), false)
		assert.Equal(t, http.StatusOK, r.ask(t, "", "GET", api+"overview", "", "Cookie", c.String()).Status)
		assert.Equal(t, http.StatusUnauthorized, r.ask(t, "client:initech", "GET", api+"overview", "", "Cookie", c.String()).Status)
	})
	t.Run("a session ends", func(t *testing.T) {
		c := r.sessions.cookie("client:acme", r.now().Add(-sessionTime), false)
		assert.Equal(t, http.StatusUnauthorized, r.ask(t, "", "GET", api+"overview", "", "Cookie", c.String()).Status)
	})
	t.Run("without the demo nobody signs in by a header", func(t *testing.T) {
		off := start(t, func(c *config) { c.demo = false })
		assert.Equal(t, http.StatusUnauthorized, off.ask(t, "client:acme", "GET", api+"overview", "").Status)
		assert.Equal(t, http.StatusNotFound, off.ask(t, "", "POST", "/demo/session", "person=admin:root", "Content-Type", form).Status)
	})
}

const form = "application/x-www-form-urlencoded"

func TestRoles(t *testing.T) {
	r := start(t)
	roleOf := map[string]frontdesk.Role{
		"client:acme": frontdesk.RoleClient, "expert:nina": frontdesk.RoleExpert, "admin:root": frontdesk.RoleAdmin,
	}
	for _, rt := range r.apiRoutes() {
		if rt.who == nil {
			continue
		}
		for who, role := range roleOf {
			a := r.ask(t, who, rt.method, strings.ReplaceAll(rt.path, "{id}", "nosuch"), "{}")
			if !contains(rt.who, role) {
				assert.Equal(t, http.StatusForbidden, a.Status, "%s %s as %s", rt.method, rt.path, who)
				assert.Equal(t, frontdesk.PermissionDenied, a.problem(t).Code)
			} else {
				assert.NotEqual(t, http.StatusForbidden, a.Status, "%s %s as %s", rt.method, rt.path, who)
			}
		}
		a := r.ask(t, "", rt.method, rt.path, "{}")
		assert.Equal(t, http.StatusUnauthorized, a.Status, "%s %s as nobody", rt.method, rt.path)
	}
}

func contains(all roles, one frontdesk.Role) bool {
	for _, role := range all {
		if role == one {
			return true
		}
	}
	return false
}

func TestMethods(t *testing.T) {
	r := start(t)
	for _, rt := range r.apiRoutes() {
		t.Run("TRACE "+rt.path+" is refused with what is allowed", func(t *testing.T) {
			a := r.ask(t, "admin:root", http.MethodTrace, rt.path, "")
			assert.Equal(t, http.StatusMethodNotAllowed, a.Status)
			assert.Contains(t, a.Header.Get("Allow"), rt.method)
			a.problem(t)
		})
	}
	t.Run("a method in a header or a field is ignored", func(t *testing.T) {
		override := []string{"X-HTTP-Method-Override", "GET", "X-Method-Override", "GET", "Content-Type", form}
		a := r.ask(t, "client:acme", "POST", api+"subscriptions?_method=GET", "_method=GET", override...)
		assert.Equal(t, http.StatusMethodNotAllowed, a.Status)
		b := r.ask(t, "client:acme", "GET", api+"checkout", "", "X-HTTP-Method-Override", "POST")
		assert.Equal(t, http.StatusMethodNotAllowed, b.Status)
	})
	t.Run("HEAD is GET without a body", func(t *testing.T) {
		a := r.ask(t, "client:acme", http.MethodHead, api+"invoices", "")
		assert.Equal(t, http.StatusOK, a.Status)
		assert.Empty(t, a.Body)
	})
	t.Run("webhooks are posted", func(t *testing.T) {
		assert.Equal(t, http.StatusMethodNotAllowed, r.ask(t, "", "GET", "/webhooks/stripe", "").Status)
	})
	t.Run("a path that does not exist is a problem too", func(t *testing.T) {
		a := r.ask(t, "client:acme", "GET", api+"nosuch", "")
		assert.Equal(t, http.StatusNotFound, a.Status)
		a.problem(t)
	})
}

func TestBodies(t *testing.T) {
	r := start(t)
	for name, body := range map[string]string{
		"an unknown field":        `{"price":"price_growth_monthly","amount":1}`,
		"a field twice":           `{"price":"price_growth_monthly","price":"price_growth_monthly"}`,
		"a field in two cases":    `{"price":"price_growth_monthly","Price":"price_growth_monthly"}`,
		"two objects":             `{"price":"price_growth_monthly"}{}`,
		"a list":                  `[]`,
		"null":                    `null`,
		"a field of another type": `{"price":1}`,
		"no JSON":                 `price=price_growth_monthly`,
		"half an object":          `{"price":"price_growth_monthly"`,
		"great depth":             `{"price":` + strings.Repeat("[", 20_000) + `}`,
		"a price not for sale":    `{"price":"price_free"}`,
		"no price":                `{}`,
	} {
		t.Run(name+" is invalid", func(t *testing.T) {
			a := r.ask(t, "client:acme", "POST", api+"checkout", body)
			assert.Equal(t, http.StatusBadRequest, a.Status)
			assert.Equal(t, frontdesk.Invalid, a.problem(t).Code)
		})
	}
	t.Run("the field that is wrong is named", func(t *testing.T) {
		fields := r.ask(t, "client:acme", "POST", api+"checkout", `{"price":"price_growth_monthly","amount":1}`).problem(t).Fields
		assert.Equal(t, []frontdesk.Field{{Name: "amount", Message: "is not known"}}, fields)
	})
	t.Run("a body that is too large is refused", func(t *testing.T) {
		a := r.ask(t, "client:acme", "POST", api+"checkout", `{"price":"`+strings.Repeat("x", maxBody)+`"}`)
		assert.Equal(t, http.StatusRequestEntityTooLarge, a.Status)
		a.problem(t)
	})
}

func TestQueries(t *testing.T) {
	r := start(t)
	for _, query := range []string{
		"limit=0", "limit=501", "limit=x", "limit=-1", "limit=1&limit=2", "cursor=x", "sort=created;drop", "fields=*",
		"status=%00", "cursor=%FF", "status=" + strings.Repeat("x", 300), "%zz",
	} {
		t.Run("a client's list with "+query+" is invalid", func(t *testing.T) {
			a := r.ask(t, "client:acme", "GET", api+"invoices?"+query, "")
			assert.Equal(t, http.StatusBadRequest, a.Status)
			a.problem(t)
		})
	}
	for _, query := range []string{"cursor=x", "cursor=0", "cursor=-5", "limit=9999", "client=acme", "type=a%00b"} {
		t.Run("the admin's events with "+query+" are invalid", func(t *testing.T) {
			a := r.ask(t, "admin:root", "GET", api+"admin/events?"+query, "")
			assert.Equal(t, http.StatusBadRequest, a.Status)
			a.problem(t)
		})
	}
}

func TestOtherSites(t *testing.T) {
	r := start(t)
	for name, headers := range map[string][]string{
		"from another site":   {"Sec-Fetch-Site", "cross-site"},
		"from a sibling":      {"Sec-Fetch-Site", "same-site"},
		"from another origin": {"Origin", "https://evil.example"},
		"from no origin":      {"Origin", "null"},
	} {
		t.Run("a post "+name+" is refused", func(t *testing.T) {
			a := r.ask(t, "client:acme", "POST", api+"checkout", "{}", headers...)
			assert.Equal(t, http.StatusForbidden, a.Status)
			a.problem(t)
			b := r.ask(t, "", "POST", "/demo/session", "person=admin:root", append(headers, "Content-Type", form)...)
			assert.Equal(t, http.StatusForbidden, b.Status)
			assert.Empty(t, b.Header.Get("Set-Cookie"))
		})
		t.Run("a webhook "+name+" is judged by its signature", func(t *testing.T) {
			assert.Equal(t, http.StatusBadRequest, r.ask(t, "", "POST", "/webhooks/stripe", "{}", headers...).Status)
		})
	}
}

func TestCheckout(t *testing.T) {
	r := start(t)
	body := `{"price":"price_growth_monthly","success_path":"/portal/?paid=1","cancel_path":"/portal/"}`
	a := r.ask(t, "client:acme", "POST", api+"checkout", body)
	require.Equal(t, http.StatusCreated, a.Status, "%s", a.Body)
	var session checkout
	a.into(t, &session)

	t.Run("the page is on the portal's own origin", func(t *testing.T) {
		assert.True(t, strings.HasPrefix(session.URL, r.url+demoPages+"/checkout/"), session.URL)
	})
	t.Run("asking again leads to the same page", func(t *testing.T) {
		var again checkout
		r.ask(t, "client:acme", "POST", api+"checkout", body).into(t, &again)
		assert.Equal(t, session.URL, again.URL)
	})
	for _, target := range []string{
		"//evil.example", `/\\evil.example`, `/\\/evil.example`, "https:evil.example", "https://evil.example/", "%2f%2fevil.example",
		`/\t/evil.example`, `/\u000d\u000aLocation:x`, "javascript:alert(1)", "evil.example", "",
	} {
		for _, field := range []string{"success_path", "cancel_path"} {
			t.Run(field+" "+target+" is refused", func(t *testing.T) {
				a := r.ask(t, "client:acme", "POST", api+"checkout", `{"price":"price_growth_monthly","`+field+`":"`+target+`"}`)
				require.Equal(t, http.StatusBadRequest, a.Status, "%s", a.Body)
				assert.Equal(t, field, a.problem(t).Fields[0].Name)
			})
		}
	}
	t.Run("another client does not see the page", func(t *testing.T) {
		page := strings.TrimPrefix(session.URL, r.url)
		assert.Equal(t, http.StatusNotFound, r.ask(t, "client:globex", "POST", page, "").Status)
		assert.Equal(t, http.StatusNotFound, r.ask(t, "client:globex", "GET", page, "").Status)
	})
	t.Run("paying leads to a live subscription, which can be canceled and kept", func(t *testing.T) {
		page := strings.TrimPrefix(session.URL, r.url)
		assert.Contains(t, string(r.ask(t, "client:acme", "GET", page, "").Body), "49.00 EUR")
		require.Equal(t, http.StatusSeeOther, r.ask(t, "client:acme", "POST", page, "").Status)
		sub := r.liveSubscription(t)
		for path, want := range map[string]bool{"cancel": true, "keep": false} {
			a := r.ask(t, "client:acme", "POST", api+"subscriptions/"+sub.ID+"/cancel", `{"now":false}`)
			require.Equal(t, http.StatusOK, a.Status, "%s", a.Body)
			a = r.ask(t, "client:acme", "POST", api+"subscriptions/"+sub.ID+"/"+path, "")
			require.Equal(t, http.StatusOK, a.Status, "%s", a.Body)
			var changed subscription
			a.into(t, &changed)
			assert.Equal(t, want, changed.CancelAtPeriodEnd, path)
		}
		var payments listing[payment]
		r.get(t, "client:acme", api+"payments", &payments)
		require.Len(t, payments.Data, 1)
		assert.Equal(t, "succeeded", payments.Data[0].Status)
		assert.Equal(t, http.StatusOK, r.ask(t, "client:acme", "GET", api+"payments/"+payments.Data[0].ID, "").Status)
		assert.Equal(t, http.StatusNotFound, r.ask(t, "client:globex", "GET", api+"payments/"+payments.Data[0].ID, "").Status)
	})
	t.Run("a second live subscription is refused", func(t *testing.T) {
		a := r.ask(t, "client:acme", "POST", api+"checkout", body)
		assert.Equal(t, http.StatusConflict, a.Status)
		assert.Equal(t, frontdesk.AlreadyExists, a.problem(t).Code)
	})
}

// liveSubscription waits for acme's.
func (r *running) liveSubscription(t *testing.T) subscription {
	t.Helper()
	var subs listing[subscription]
	eventually(t, "subscribed", func() bool {
		r.get(t, "client:acme", api+"subscriptions?status=active", &subs)
		return len(subs.Data) > 0
	})
	r.atRest(t, 1)
	require.Len(t, subs.Data, 1)
	return subs.Data[0]
}

func TestBillingPortal(t *testing.T) {
	r := start(t)
	a := r.ask(t, "client:acme", "POST", api+"billing-portal", `{"return_path":"/portal/"}`)
	require.Equal(t, http.StatusCreated, a.Status, "%s", a.Body)
	var page struct{ URL string }
	a.into(t, &page)
	assert.NotEmpty(t, page.URL)
	refused := r.ask(t, "client:acme", "POST", api+"billing-portal", `{"return_path":"//evil.example"}`)
	assert.Equal(t, http.StatusBadRequest, refused.Status)
	assert.Equal(t, "return_path", refused.problem(t).Fields[0].Name)
}

func TestOverview(t *testing.T) {
	r := withStory(t)
	t.Run("a client sees what they have", func(t *testing.T) {
		var sections map[string]section
		r.get(t, "client:acme", api+"overview", &sections)
		assert.Equal(t, "ok", sections["subscription"].Status)
		assert.Equal(t, "sub_acme_growth", sections["subscription"].Data.(map[string]any)["provider_id"])
		assert.Equal(t, "ok", sections["invoices"].Status)
		assert.Len(t, sections["invoices"].Data, 3)
		assert.Equal(t, "ok", sections["payments"].Status)
		assert.NotNil(t, sections["payments"].AsOf)
	})
	t.Run("a client who has nothing sees that", func(t *testing.T) {
		var sections map[string]section
		r.get(t, "client:globex", api+"overview", &sections)
		for _, name := range []string{"subscription", "invoices", "payments"} {
			s := sections[name]
			assert.Equal(t, "empty", s.Status, name)
			assert.Nil(t, s.Data, name)
			assert.Nil(t, s.Error, name)
		}
	})
	t.Run("a client has no account", func(t *testing.T) {
		var sections map[string]section
		r.get(t, "client:acme", api+"overview", &sections)
		for _, name := range []string{"account", "balance", "payouts"} {
			assert.Equal(t, "forbidden", sections[name].Status, name)
			assert.Nil(t, sections[name].Data, name)
		}
	})
	t.Run("an expert sees their account, and has no billing", func(t *testing.T) {
		var sections map[string]section
		r.get(t, "expert:nina", api+"overview", &sections)
		assert.Equal(t, "ok", sections["account"].Status)
		assert.Equal(t, "acct_nina", sections["account"].Data.(map[string]any)["provider_id"])
		assert.Equal(t, "ok", sections["payouts"].Status)
		assert.Len(t, sections["payouts"].Data, 1)
		assert.Equal(t, "forbidden", sections["invoices"].Status)
		assert.Nil(t, sections["invoices"].Data)
		assert.Equal(t, frontdesk.PermissionDenied, sections["invoices"].Error.Code)
	})
}

func TestOverviewWithoutDatabase(t *testing.T) {
	r := start(t)
	require.NoError(t, r.work.Stop(t.Context()))
	require.NoError(t, r.db.Close())
	t.Run("a section that fails says so, and tells nothing of the cause", func(t *testing.T) {
		a := r.ask(t, "client:acme", "GET", api+"overview", "")
		require.Equal(t, http.StatusOK, a.Status)
		var sections map[string]section
		a.into(t, &sections)
		assert.Equal(t, "unavailable", sections["invoices"].Status)
		assert.NotContains(t, string(a.Body), "sql")
	})
	t.Run("the portal is not healthy", func(t *testing.T) {
		assert.Equal(t, http.StatusServiceUnavailable, r.ask(t, "", "GET", "/healthz", "").Status)
	})
	t.Run("a webhook is not acknowledged", func(t *testing.T) {
		s := readStory(t, stories[0])
		status, err := post(t.Context(), r.url, testSecret, s.events[0], r.now())
		require.NoError(t, err)
		assert.Equal(t, http.StatusInternalServerError, status)
	})
}

func TestWebhookSignature(t *testing.T) {
	r, s := start(t), readStory(t, stories[0])
	for _, wrong := range []string{"whsec_other", demoSecret} {
		status, err := post(t.Context(), r.url, wrong, s.events[0], r.now())
		require.NoError(t, err)
		assert.Equal(t, http.StatusBadRequest, status)
	}
	assert.Empty(t, r.inbox(t), "nothing is stored")
}

func TestAdmin(t *testing.T) {
	r := withStory(t)
	before := r.effectsOf(t)
	var first listing[event]
	r.get(t, "admin:root", api+"admin/events?limit=1&type=invoice.paid", &first)
	require.Len(t, first.Data, 1)

	t.Run("a replayed event is processed again, and no effect happens a second time", func(t *testing.T) {
		a := r.ask(t, "admin:root", "POST", api+"admin/events/"+first.Data[0].ID+"/replay", "")
		require.Equal(t, http.StatusAccepted, a.Status, "%s", a.Body)
		assert.JSONEq(t, `{"id":"`+first.Data[0].ID+`","state":"received"}`, string(a.Body))
		_, effects := r.atRest(t, 1)
		assert.Equal(t, before, effects)
	})
	t.Run("an event that does not exist cannot be replayed", func(t *testing.T) {
		for _, id := range []string{"999999", "x", "-1"} {
			assert.Equal(t, http.StatusNotFound, r.ask(t, "admin:root", "POST", api+"admin/events/"+id+"/replay", "").Status, id)
		}
	})
	t.Run("events are filtered by state and type", func(t *testing.T) {
		ignored := pages[event](t, r, api+"admin/events?state=ignored")
		assert.Len(t, ignored, 1)
		assert.Len(t, pages[event](t, r, api+"admin/events?state=done,ignored&limit=7"), 22)
		assert.Len(t, pages[event](t, r, api+"admin/events?type=made.up.event"), 1)
		assert.Empty(t, pages[event](t, r, api+"admin/events?state=dead"))
	})
	t.Run("pages follow each other, newest first", func(t *testing.T) {
		all := pages[event](t, r, api+"admin/events?limit=5")
		require.Len(t, all, 22)
		assert.Equal(t, r.inbox(t), all)
	})
	t.Run("the effects can be filtered", func(t *testing.T) {
		assert.Equal(t, before, pages[effect](t, r, api+"admin/effects?state=done&limit=3"))
	})
	t.Run("clients come with the subscription that counts", func(t *testing.T) {
		all := pages[client](t, r, api+"admin/clients?")
		require.Len(t, all, 2)
		assert.Equal(t, "acme", all[0].ID)
		assert.Equal(t, "canceled", all[0].Subscription.Status)
		assert.Nil(t, all[1].Subscription)
	})
	t.Run("a reconciliation says what it has found", func(t *testing.T) {
		a := r.ask(t, "admin:root", "POST", api+"admin/reconcile", "{}")
		require.Equal(t, http.StatusOK, a.Status, "%s", a.Body)
		var report reconciliation
		a.into(t, &report)
		assert.Empty(t, report.Drift)
		assert.NotNil(t, report.Drift)
	})
}

func TestPages(t *testing.T) {
	r := withStory(t)
	t.Run("who is not signed in is sent to the sign-in page", func(t *testing.T) {
		a := r.ask(t, "", "GET", "/portal/", "")
		assert.Equal(t, http.StatusSeeOther, a.Status)
		assert.Equal(t, "/", a.Header.Get("Location"))
	})
	t.Run("signing in sets a session that reads no other site", func(t *testing.T) {
		a := r.ask(t, "", "POST", "/demo/session", "person=client:acme", "Content-Type", form)
		require.Equal(t, http.StatusSeeOther, a.Status)
		cookies := (&http.Response{Header: a.Header}).Cookies()
		require.Len(t, cookies, 1)
		assert.True(t, cookies[0].HttpOnly)
		assert.Equal(t, http.SameSiteLaxMode, cookies[0].SameSite)
		home := r.ask(t, "", "GET", "/portal/", "", "Cookie", cookies[0].Name+"="+cookies[0].Value)
		require.Equal(t, http.StatusOK, home.Status)
		for _, text := range []string{"Acme Ltd", "price_growth_monthly", "canceled", "1200.00 EUR", "49.00 EUR"} {
			assert.Contains(t, string(home.Body), text)
		}
	})
	t.Run("a portal behind https keeps its sessions there", func(t *testing.T) {
		https := start(t, func(c *config) { c.appURL = "https://portal.example" })
		a := https.ask(t, "", "POST", "/demo/session", "person=client:acme", "Content-Type", form)
		assert.Contains(t, a.Header.Get("Set-Cookie"), "; Secure")
	})
	t.Run("nobody else can sign in", func(t *testing.T) {
		a := r.ask(t, "", "POST", "/demo/session", "person=admin:acme", "Content-Type", form)
		assert.Equal(t, http.StatusUnauthorized, a.Status)
		assert.Empty(t, a.Header.Get("Set-Cookie"))
	})
	t.Run("signing out ends the session", func(t *testing.T) {
		a := r.ask(t, "client:acme", "POST", "/demo/session/end", "", "Content-Type", form)
		assert.Contains(t, a.Header.Get("Set-Cookie"), "Max-Age=0")
	})
	t.Run("every page has a policy and loads its own style", func(t *testing.T) {
		for who, page := range map[string]string{"": "/", "client:acme": "/portal/", "expert:nina": "/portal/", "admin:root": "/portal/"} {
			a := r.ask(t, who, "GET", page, "")
			require.Equal(t, http.StatusOK, a.Status)
			assert.Contains(t, a.Header.Get("Content-Security-Policy"), "default-src 'none'")
			assert.Contains(t, a.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'")
			assert.Equal(t, "nosniff", a.Header.Get("X-Content-Type-Options"))
			assert.Contains(t, string(a.Body), `href="/portal/portal.css"`)
		}
		style := r.ask(t, "", "GET", "/portal/portal.css", "")
		assert.Equal(t, "text/css; charset=utf-8", style.Header.Get("Content-Type"))
	})
	t.Run("subscribing leads to the provider's page", func(t *testing.T) {
		a := r.ask(t, "client:globex", "POST", "/portal/subscribe", url.Values{"price": {demoPrice}}.Encode(), "Content-Type", form)
		assert.Equal(t, http.StatusSeeOther, a.Status, "%s", a.Body)
		assert.Contains(t, a.Header.Get("Location"), "/checkout/")
	})
	t.Run("text of the provider is text", func(t *testing.T) {
		name := "<img src=x onerror=alert(1)>"
		w := httptest.NewRecorder()
		r.show(w, httptest.NewRequest("GET", "/portal/", nil), homePage, homeData{Person: person{Name: name}})
		assert.NotContains(t, w.Body.String(), name)
		assert.Contains(t, w.Body.String(), "&lt;img")
	})
}
