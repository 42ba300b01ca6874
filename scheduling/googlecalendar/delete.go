package googlecalendar

import (
	"context"
	"errors"

	"github.com/frontdesk-go/frontdesk"
)

// Delete implements [scheduling.Calendar]. A calendar that is not there has no entry, so that
// is no error either.
func (c *Calendar) Delete(ctx context.Context, calendar, uid string) error {
	if err := errors.Join(checkName("calendar", calendar), checkUID(uid)); err != nil {
		return err
	}
	err := c.do(ctx, call{name: "events.delete", write: true, send: func(ctx context.Context) error {
		return c.api.Events.Delete(calendar, eventID(uid)).SendUpdates(silently).Context(ctx).Do()
	}})
	if frontdesk.CodeOf(err) == frontdesk.NotFound {
		return nil
	}
	return err
}
