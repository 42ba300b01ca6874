package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
)

func httpDocs(t *testing.T) string {
	t.Helper()
	raw, err := os.ReadFile("../../docs/http.md")
	require.NoError(t, err)
	return string(raw)
}

// wordsFor are docs/http.md's for the roles.
func wordsFor(all roles) string {
	switch {
	case all == nil:
		return "anybody"
	case reflect.DeepEqual(all, everyone):
		return "everyone"
	case reflect.DeepEqual(all, clients):
		return "client"
	case reflect.DeepEqual(all, owners):
		return "owner"
	case reflect.DeepEqual(all, experts):
		return "expert"
	case reflect.DeepEqual(all, payees):
		return "payee"
	}
	return "admin"
}

func TestDocsListEveryRoute(t *testing.T) {
	r := start(t, withDemoAgendas)
	documented := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([A-Z]+)` \\| `(/\\S*)` \\| (\\w+) \\| (\\d+) \\|$").FindAllStringSubmatch(httpDocs(t), -1) {
		documented[strings.Join(row[1:], " ")] = true
		t.Run("what is documented is there: "+row[1]+" "+row[2], func(t *testing.T) {
			a := r.ask(t, "", row[1], row[2], "")
			if a.Status == http.StatusNotFound { // a record, not the path
				assert.NotEqual(t, "no such path", a.problem(t).Detail)
			}
			assert.NotEqual(t, http.StatusMethodNotAllowed, a.Status)
		})
	}
	for _, rt := range r.apiRoutes() {
		line := fmt.Sprint(rt.method, " ", rt.path, " ", wordsFor(rt.who), " ", rt.status)
		assert.True(t, documented[line], "docs/http.md does not list %s", line)
		delete(documented, line)
	}
	assert.Len(t, documented, 4, "documented, but not a route of the API: %v", documented) // health and the webhooks
}

func TestDocsShowRecordsAsTheyAre(t *testing.T) {
	records := map[string]any{
		"problem": new(problem), "section": new(section), "subscription": new(subscription), "invoice": new(invoice), "payment": new(payment),
		"checkout": new(checkout), "event": new(event), "effect": new(effect), "reconciliation": new(reconciliation), "client": new(client),
		"account": new(account), "onboarding": new(onboarding), "schedule": new(schedule), "balance": new(balance), "earnings": new(earnings),
		"payout": new(payout), "entry": new(entry), "refund": new(refund), "transfer": new(transfer), "drift": new(ledgerDrift),
		"email": new(loggedEmail), "email_details": new(emailDetails), "suppression": new(suppression),
		"document": new(document), "version": new(documentVersion), "receipt": new(documentReceipt), "progress": new(documentProgress), "upload": new(upload),
		"slots": new(slots), "offer": new(listing[offer]), "meeting": new(meeting), "availability": new(availability), "event_type": new(eventType), "settings": new(settings),
	}
	for _, block := range regexp.MustCompile("(?s)```json (\\w+)\n(.*?)```").FindAllStringSubmatch(httpDocs(t), -1) {
		t.Run("the example of a "+block[1]+" has all of its fields and no others", func(t *testing.T) {
			record := records[block[1]]
			require.NotNil(t, record)
			d := json.NewDecoder(bytes.NewReader([]byte(block[2])))
			d.DisallowUnknownFields()
			require.NoError(t, d.Decode(record))
			again, err := json.Marshal(record)
			require.NoError(t, err)
			assert.JSONEq(t, block[2], string(again))
		})
		delete(records, block[1])
	}
	assert.Empty(t, records, "records without an example")
}

func TestDocsListEveryCode(t *testing.T) {
	rows := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\| (\\d+) \\|").FindAllStringSubmatch(httpDocs(t), -1) {
		rows[row[1]] = row[2]
	}
	want := map[string]string{frontdesk.Internal.String(): "500"}
	for code, status := range statuses {
		want[code.String()] = fmt.Sprint(status)
	}
	assert.Equal(t, want, rows)
}
