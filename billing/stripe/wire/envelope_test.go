package wire_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseEventReadsTheEnvelope(t *testing.T) {
	body := []byte(`{"id":"evt_1","object":"event","account":"acct_A","api_version":"2026-08-26.dahlia","created":1788253200,
		"data":{"object":{"id":"sub_1","object":"subscription"},"previous_attributes":{"object":{"id":"x"}}},
		"livemode":true,"request":{"id":null},"type":"customer.subscription.updated"}`)
	e, err := wire.ParseEvent(body)
	require.NoError(t, err)
	assert.Equal(t, billing.Event{
		Provider:   "stripe",
		ProviderID: "evt_1",
		Account:    "acct_A",
		Livemode:   true,
		Type:       "customer.subscription.updated",
		APIVersion: "2026-08-26.dahlia",
		Created:    time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC),
		Object:     billing.Key{Kind: billing.KindSubscription, Ref: billing.Ref{Account: "acct_A", ID: "sub_1"}},
		Payload:    body,
	}, e)
}

func TestParseEventRefuses(t *testing.T) {
	tests := []struct{ rule, body string }{
		{"nothing", ``},
		{"white space", " \n"},
		{"an empty object", `{}`},
		{"null", `null`},
		{"an array", `[{"id":"evt_1","type":"a"}]`},
		{"a string", `"evt_1"`},
		{"a missing id", `{"type":"a"}`},
		{"an empty id", `{"id":"","type":"a"}`},
		{"an id of only a NUL", `{"id":"\u0000","type":"a"}`},
		{"an id that is a number", `{"id":1,"type":"a"}`},
		{"an id that is an object", `{"id":{"id":"evt_1"},"type":"a"}`},
		{"a null id", `{"id":null,"type":"a"}`},
		{"an id in the wrong case", `{"ID":"evt_1","type":"a"}`},
		{"a missing type", `{"id":"evt_1"}`},
		{"an empty type", `{"id":"evt_1","type":""}`},
		{"a type that is an array", `{"id":"evt_1","type":["a"]}`},
		{"a repeated key", `{"id":"evt_1","id":"evt_1","type":"a"}`},
		{"a key repeated in another case", `{"id":"evt_1","ID":"evt_2","type":"a"}`},
		{"a key repeated with an escape", `{"id":"evt_1","\u0069d":"evt_2","type":"a"}`},
		{"a key repeated with a Kelvin sign", `{"id":"evt_1","type":"a","k":1,"\u212a":2}`},
		{"a repeated unknown key", `{"id":"evt_1","type":"a","x":1,"X":2}`},
		{"a repeated key behind many others", `{"id":"evt_1","type":"a",` + members(100) + `,"K99":1}`},
		{"repeated data", `{"id":"evt_1","type":"a","data":{},"Data":{}}`},
		{"trailing garbage", `{"id":"evt_1","type":"a"}x`},
		{"a second object", `{"id":"evt_1","type":"a"}{}`},
		{"a trailing NUL", "{\"id\":\"evt_1\",\"type\":\"a\"}\x00"},
		{"a raw NUL in a text", "{\"id\":\"evt_1\x00\",\"type\":\"a\"}"},
		{"a byte order mark", "\ufeff" + `{"id":"evt_1","type":"a"}`},
		{"a trailing comma", `{"id":"evt_1","type":"a",}`},
		{"a missing colon", `{"id" "evt_1","type":"a"}`},
		{"a bare key", `{id:"evt_1","type":"a"}`},
		{"a truncated body", `{"id":"evt_1","type":"a","data":{"object":{"id":"c`},
		{"a bad number", `{"id":"evt_1","type":"a","n":01}`},
		{"a bad literal", `{"id":"evt_1","type":"a","n":nul}`},
		{"a bad escape", `{"id":"evt_1","type":"a","n":"\x"}`},
		{"a bad value inside data", `{"id":"evt_1","type":"a","data":{"object":{"id":"c","n":+1}}}`},
		{"an id too long for an index", `{"id":"` + strings.Repeat("e", 256) + `","type":"a"}`},
		{"nesting of 100,000 arrays", `{"id":"evt_1","type":"a","n":` + nested(100_000) + `}`},
		{"nesting of 100,000 arrays in data", `{"id":"evt_1","type":"a","data":{"object":` + nested(100_000) + `}}`},
		{"nesting that never closes", `{"id":"evt_1","type":"a","n":` + strings.Repeat(`{"a":[`, 100_000)},
	}
	for _, tt := range tests {
		t.Run(tt.rule+" is refused", func(t *testing.T) {
			_, err := wire.ParseEvent([]byte(tt.body))
			require.ErrorIs(t, err, frontdesk.Invalid)
			require.Len(t, frontdesk.Fields(err), 1)
			assert.Equal(t, "body", frontdesk.Fields(err)[0].Name)
		})
	}
}

func nested(depth int) string {
	return strings.Repeat("[", depth) + strings.Repeat("]", depth)
}

// members returns n different members, without braces.
func members(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`"k%d":%d`, i, i)
	}
	return strings.Join(list, ",")
}

func TestParseEventIsLenientElsewhere(t *testing.T) {
	tests := []struct{ rule, member string }{
		{"request may be a string", `"request":"req_1"`},
		{"request may be an object", `"request":{"id":"req_1","idempotency_key":null}`},
		{"request may be null", `"request":null`},
		{"api_version may be null", `"api_version":null`},
		{"api_version may be a number", `"api_version":20200827`},
		{"data may be null", `"data":null`},
		{"data may be a string", `"data":"x"`},
		{"data may be empty", `"data":{}`},
		{"the object may be null", `"data":{"object":null}`},
		{"the object may be a string", `"data":{"object":"cus_1"}`},
		{"the object may lack an id", `"data":{"object":{"object":"customer"}}`},
		{"the object may have an odd id", `"data":{"object":{"id":{"a":1},"object":"customer"}}`},
		{"the object may be of an unknown kind", `"data":{"object":{"id":"x_1","object":"made_up"}}`},
		{"the object's id may be too long", `"data":{"object":{"object":"customer","id":"` + strings.Repeat("c", 256) + `"}}`},
		{"created may be missing", `"x":1`},
		{"created may be null", `"created":null`},
		{"created may be text", `"created":"soon"`},
		{"created may be a fraction", `"created":1.5`},
		{"created may be beyond the year 9999", `"created":999999999999999999`},
		{"created may be negative", `"created":-5`},
		{"livemode may be a string", `"livemode":"true"`},
		{"account may be an object", `"account":{"id":"acct_1"}`},
		{"nesting of 400 is read", `"n":` + nested(400)},
		{"a thousand unknown keys are read", members(1000)},
		{"invalid UTF-8 is kept as it was signed", "\"n\":\"\xff\xfe\""},
		{"invalid UTF-8 may be in a key", "\"\xff\":1"},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			body := []byte(`{"id":"evt_1","type":"made.up",` + tt.member + `}`)
			e, err := wire.ParseEvent(body)
			require.NoError(t, err)
			assert.Equal(t, billing.Event{Provider: "stripe", ProviderID: "evt_1", Type: "made.up", Payload: body}, e)
		})
	}
}

func TestParseEventNamesTheObject(t *testing.T) {
	tests := []struct {
		object string
		kind   billing.Kind
		id     string
	}{
		{`{"object":"customer","id":"cus_1"}`, billing.KindCustomer, "cus_1"},
		{`{"object":"subscription","id":"sub_1"}`, billing.KindSubscription, "sub_1"},
		{`{"object":"invoice","id":"in_1"}`, billing.KindInvoice, "in_1"},
		{`{"object":"payment_intent","id":"pi_1"}`, billing.KindPayment, "pi_1"},
		{`{"object":"refund","id":"re_1"}`, billing.KindRefund, "re_1"},
		{`{"object":"dispute","id":"dp_1"}`, billing.KindDispute, "dp_1"},
		{`{"object":"checkout.session","id":"cs_1"}`, billing.KindCheckout, "cs_1"},
		{`{"object":"charge","id":"ch_1","payment_intent":"pi_1"}`, billing.KindPayment, "pi_1"},
		{`{"object":"charge","id":"ch_1","payment_intent":{"id":"pi_1","object":"payment_intent"}}`, billing.KindPayment, "pi_1"},
		{`{"object":"charge","id":"ch_1","payment_intent":null}`, billing.KindPayment, "ch_1"},
		{`{"object":"charge","id":"ch_1"}`, billing.KindPayment, "ch_1"},
		{`{"object":"payout","id":"po_1"}`, billing.KindPayout, "po_1"},
		{`{"object":"transfer","id":"tr_1"}`, billing.KindTransfer, "tr_1"},
		{`{"object":"application_fee","id":"fee_1"}`, billing.KindApplicationFee, "fee_1"},
		{`{"object":"account","id":"acct_A"}`, billing.KindAccount, "acct_A"},
		{`{"object":"application","id":"ca_1"}`, billing.KindAccount, "acct_A"},
		{`{"object":"balance"}`, billing.KindBalance, "acct_A"},
		{`{"object":"customer","id":"cus_\u0031\u0000"}`, billing.KindCustomer, "cus_1"},
		{`{"ID":"cus_2","object":"customer","id":"cus_1","Id":"cus_3"}`, billing.KindCustomer, "cus_1"},
	}
	for _, tt := range tests {
		t.Run(tt.object, func(t *testing.T) {
			e, err := wire.ParseEvent([]byte(`{"id":"evt_1","type":"a","data":{"object":` + tt.object + `},"account":"acct_A"}`))
			require.NoError(t, err)
			assert.Equal(t, billing.Key{Kind: tt.kind, Ref: billing.Ref{Account: "acct_A", ID: tt.id}}, e.Object)
		})
	}
}

func TestParseEventNamesAccountsByThemselves(t *testing.T) {
	for name, tt := range map[string]struct {
		body string
		want billing.Key
	}{
		"an account that the platform is told of": {`"data":{"object":{"object":"account","id":"acct_B"}}`, billing.Key{Kind: billing.KindAccount, Ref: billing.AccountRef("acct_B")}},
		"an account that another is told of":      {`"account":"acct_A","data":{"object":{"object":"account","id":"acct_B"}}`, billing.Key{Kind: billing.KindAccount, Ref: billing.AccountRef("acct_B")}},
		"the platform's balance has no name":      {`"data":{"object":{"object":"balance"}}`, billing.Key{}},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := wire.ParseEvent([]byte(`{"id":"evt_1","type":"a",` + tt.body + `}`))
			require.NoError(t, err)
			assert.Equal(t, tt.want, e.Object)
		})
	}
}

func TestParseEventSkipsThinEvents(t *testing.T) {
	e, err := wire.ParseEvent([]byte(`{"id":"evt_v2","object":"v2.core.event","type":"v1.billing.meter.no_meter_found",
		"created":"2026-09-01T11:00:00.345+02:00","livemode":false,"related_object":null}`))
	require.NoError(t, err)
	assert.NotEmpty(t, e.Skip)
	assert.Equal(t, time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC), e.Created)
	assert.Zero(t, e.Object)
}

func TestParseEventTakesLinearTime(t *testing.T) {
	const size = 1 << 20
	repeat := strings.Repeat
	for name, member := range map[string]string{
		"keys":     members(size / 10),
		"escapes":  `"n":"` + repeat(`\u0041`, size/6) + `"`,
		"nesting":  `"n":` + repeat("[", size),
		"one key":  `"` + repeat("k", size) + `":1`,
		"elements": `"n":[` + repeat("0,", size/2) + `0]`,
	} {
		t.Run(name, func(t *testing.T) {
			body := []byte(`{"id":"evt_1","type":"a",` + member + `}`)
			start := time.Now()
			_, _ = wire.ParseEvent(body)
			assert.Less(t, time.Since(start), 20*time.Second, "1 MiB takes some 10 ms, and minutes if the time is quadratic")
		})
	}
}

// eventOf5KB is the event of a paid invoice with two lines.
func eventOf5KB(t testing.TB) []byte {
	for _, raw := range readStory(newStory) {
		e := parse(t, raw)
		if e["type"] != "invoice.paid" {
			continue
		}
		list := e["data"].(node)["object"].(node)["lines"].(node)
		list["data"] = append(list["data"].([]any), list["data"].([]any)[0])
		return format(t, e)
	}
	require.Fail(t, "the story has no paid invoice")
	return nil
}

func BenchmarkParseEvent(b *testing.B) {
	body := eventOf5KB(b)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := wire.ParseEvent(body); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzParseEvent(f *testing.F) {
	for _, name := range stories {
		for _, line := range readStory(name) {
			f.Add(line)
		}
	}
	for _, body := range []string{
		``, `{}`, `null`, `{"id":"evt_1","type":"a"}`, `{"id":"evt_1","ID":"evt_2","type":"a"}`,
		`{"id":"\ud800","type":"\u0000a"}`, "{\"id\":\"\xff\",\"type\":\"a\"}", `{"id":"evt_1","type":"a","n":` + nested(600) + `}`,
		`{"id":"evt_1","type":"charge.updated","data":{"object":{"object":"charge","id":"ch_1","payment_intent":{"id":"pi_1"}}}}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		e, err := wire.ParseEvent(body)
		if err != nil {
			require.ErrorIs(t, err, frontdesk.Invalid)
			return
		}
		require.True(t, json.Valid(body), "accepted what is not JSON")
		requireStorable(t, e.ProviderID, e.Type, e.Account, e.APIVersion, e.Object.ID)
		require.NotEmpty(t, e.ProviderID)
		require.NotEmpty(t, e.Type)
		_, err = json.Marshal(e.Created)
		require.NoError(t, err)
	})
}

// requireStorable checks what databases ask of texts.
func requireStorable(t *testing.T, texts ...string) {
	t.Helper()
	for _, s := range texts {
		require.True(t, utf8.ValidString(s))
		require.NotContains(t, s, "\x00")
		require.LessOrEqual(t, len(s), 255)
	}
}
