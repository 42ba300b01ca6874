package billingtest

import (
	"context"
	"encoding/json"
	"iter"
	"slices"

	"github.com/frontdesk-go/frontdesk/billing"
)

var eventRoutes = map[string]endpoint{
	"GET /v1/events":      listEvents,
	"GET /v1/events/{id}": getEvent,
}

// listEvents shows events in the shape in which they are delivered, whatever
// version the request has, as Stripe does.
func listEvents(c *call) action {
	filter := billing.ProviderEventFilter{
		Account: c.write.Account, Since: c.form.since(),
		Undelivered: c.form.has("delivery_success") && !c.form.flag("delivery_success"),
	}
	wanted := c.form.list("types")
	return listing(c, func(ctx context.Context) iter.Seq2[object, error] {
		return func(yield func(object, error) bool) {
			for e, err := range c.ListEvents(ctx, filter) {
				if len(wanted) > 0 && !slices.Contains(wanted, e.Type) {
					continue
				}
				var o object
				if err == nil {
					err = json.Unmarshal(e.Payload, &o)
				}
				if !yield(o, err) {
					return
				}
			}
		}
	})
}

func getEvent(c *call) action {
	return func(context.Context) (any, error) {
		_, body, err := c.Webhook(c.id, "")
		if err != nil {
			return nil, err
		}
		var o object
		err = json.Unmarshal(body, &o)
		return o, err
	}
}
