package emailtest

import (
	"context"

	"github.com/frontdesk-go/frontdesk/email"
)

// SendBatch keeps the messages one by one.
func (b *Mailbox) SendBatch(ctx context.Context, messages []*email.Message) ([]email.Result, error) {
	results := make([]email.Result, len(messages))
	for i, m := range messages {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		results[i].Receipt, results[i].Err = b.Send(ctx, m)
	}
	return results, nil
}
