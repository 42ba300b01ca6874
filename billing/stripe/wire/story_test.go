package wire_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	oldStory = "story-2023-10-16.jsonl"
	newStory = "story-2026-08-26.dahlia.jsonl"
)

// stories are the same events in the shape of two API versions.
var stories = []string{oldStory, newStory}

func readStory(name string) [][]byte {
	story, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		panic(err)
	}
	return bytes.Split(bytes.TrimSpace(story), []byte("\n"))
}

// node is a JSON object that a test takes apart.
type node = map[string]any

func parse(t testing.TB, raw []byte) node {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var n node
	require.NoError(t, decoder.Decode(&n))
	return n
}

func format(t testing.TB, n node) []byte {
	t.Helper()
	raw, err := json.Marshal(n)
	require.NoError(t, err)
	return raw
}

// align makes the new event tell what the old one tells, in the new shape's places:
// the stories were generated apart, so that ids of lines, prices and the like are noise.
func align(old, now node) {
	now["id"] = old["id"]
	was, is := old["data"].(node)["object"].(node), now["data"].(node)["object"].(node)
	switch is["object"] {
	case "subscription":
		is["pause_collection"], is["cancel_at_period_end"] = was["pause_collection"], was["cancel_at_period_end"]
	case "checkout.session":
		is["url"] = was["url"]
	case "payout":
		is["destination"] = was["destination"]
	case "invoice":
		alignInvoice(was, is)
	}
}

func alignInvoice(was, is node) {
	if intent := was["payment_intent"]; intent != nil {
		is["payments"] = node{"object": "list", "data": []any{node{
			"object": "invoice_payment", "is_default": true,
			"payment": node{"type": "payment_intent", "payment_intent": node{
				"id": intent, "object": "payment_intent", "latest_charge": was["charge"],
			}},
		}}}
	}
	lines := is["lines"].(node)["data"].([]any)
	for i, line := range was["lines"].(node)["data"].([]any) {
		from, to := line.(node), lines[i].(node)
		to["id"] = from["id"]
		to["pricing"].(node)["price_details"] = node{"price": from["price"].(node)["id"]}
		parent := to["parent"].(node)
		parent[parent["type"].(string)].(node)["proration"] = from["proration"]
	}
}

func TestBothStoriesShowTheSameObjects(t *testing.T) {
	old, now := readStory(oldStory), readStory(newStory)
	require.Len(t, now, len(old))
	for i := range old {
		was, is := parse(t, old[i]), parse(t, now[i])
		align(was, is)
		t.Run(was["id"].(string)+" "+was["type"].(string), func(t *testing.T) {
			first, firstErr := decode(t, format(t, was))
			second, secondErr := decode(t, format(t, is))
			assert.Equal(t, frontdesk.CodeOf(firstErr), frontdesk.CodeOf(secondErr))
			assert.Equal(t, first, second)
			requireWhole(t, first)
		})
	}
}

// decode parses and decodes an event.
func decode(t testing.TB, body []byte) ([]billing.Object, error) {
	t.Helper()
	e, err := wire.ParseEvent(body)
	require.NoError(t, err)
	objects, err := wire.Decode(e)
	if err == nil {
		require.Equal(t, e.Object, objects[0].Key())
	}
	return objects, err
}

// requireWhole checks what a decoder of one shape only would leave zero.
func requireWhole(t testing.TB, objects []billing.Object) {
	t.Helper()
	for _, o := range objects {
		switch o := o.(type) {
		case *billing.Subscription:
			require.False(t, o.CurrentPeriodEnd.IsZero())
			require.False(t, o.CurrentPeriodStart.IsZero())
			require.Equal(t, "price_growth_monthly", o.Items[0].Price)
		case *billing.Account:
			require.Equal(t, billing.AccountExpress, o.Type)
			require.Equal(t, billing.PayoutSchedule{Interval: billing.PayoutDaily, DelayDays: 2}, o.Schedule)
			require.Equal(t, o.DetailsSubmitted, len(o.Requirements.CurrentlyDue) == 0)
		case *billing.Payout:
			require.Equal(t, eur(36000), o.Amount)
			require.True(t, o.Automatic)
		case *billing.Invoice:
			require.Equal(t, o.ID != "in_acme_0003", o.Subscription != "")
			require.Equal(t, o.Status == billing.InvoiceStatusPaid, o.AmountPaid > 0)
		}
	}
}

func TestDecodeOfEveryAPIVersion(t *testing.T) {
	shapes := map[string]string{
		`"2020-08-27"`: oldStory, `"2023-10-16"`: oldStory,
		`"2025-09-30.clover"`: newStory, `"2026-08-26.dahlia"`: newStory,
		"null": newStory,
	}
	old := readStory(oldStory)
	for version, name := range shapes {
		t.Run("version "+version+" decodes as 2023-10-16 does", func(t *testing.T) {
			for i, line := range readStory(name) {
				want, _ := decode(t, old[i])
				e := parse(t, line)
				if name == newStory {
					align(parse(t, old[i]), e)
				}
				e["api_version"] = json.RawMessage(version)
				got, _ := decode(t, format(t, e))
				require.Equal(t, want, got)
			}
		})
	}
}

func TestStoryEndsAsExpected(t *testing.T) {
	for _, name := range stories {
		t.Run(name, func(t *testing.T) {
			states := map[string]string{}
			versions := map[string]billing.Version{}
			for _, line := range readStory(name) {
				objects, err := decode(t, line)
				if err != nil {
					require.ErrorIs(t, err, frontdesk.Unimplemented)
					continue
				}
				for _, o := range objects {
					key, v := o.Key().String(), o.Head().Version
					if versions[key].Before(v) {
						versions[key], states[key] = v, o.State()
					}
				}
			}
			for key := range states {
				if strings.HasPrefix(key, "payment_intent:") {
					delete(states, key)
				}
			}
			assert.Equal(t, map[string]string{
				"customer:cus_acme":             "active",
				"subscription:sub_acme_growth":  "canceled",
				"invoice:in_acme_0001":          "paid",
				"invoice:in_acme_0002":          "paid",
				"invoice:in_acme_0003":          "paid",
				"checkout.session:cs_acme_0001": "complete",
				"acct_nina/account:acct_nina":   "enabled",
				"acct_nina/payout:po_nina_0001": "paid",
			}, states)
		})
	}
}
