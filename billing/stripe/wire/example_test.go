package wire_test

import (
	"fmt"
	"time"

	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/stripe/wire"
)

func Example() {
	body := []byte(`{"id":"evt_1","object":"event","api_version":"2026-08-26.dahlia","created":1788253200,
		"type":"customer.subscription.updated","data":{"object":{"id":"sub_1","object":"subscription","status":"active",
		"items":{"data":[{"id":"si_1","current_period_end":1790845200}]}}}}`)
	now := time.Unix(1788253201, 0)
	header := wire.Sign(body, "whsec_test", now) // in production: the Stripe-Signature header

	if err := wire.Verify(header, body, []string{"whsec_test"}, now); err != nil {
		fmt.Println(err)
		return
	}
	event, err := wire.ParseEvent(body)
	if err != nil {
		fmt.Println(err)
		return
	}
	objects, err := wire.Decode(event)
	if err != nil {
		fmt.Println(err)
		return
	}
	sub := objects[0].(*billing.Subscription)
	fmt.Println(event.Object, sub.Status, "until", sub.CurrentPeriodEnd)
	// Output: subscription:sub_1 active until 2026-10-01 09:00:00 +0000 UTC
}
