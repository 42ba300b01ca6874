package store_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

// BenchmarkMail stores a mail of a few KB, takes it and settles it as sent, from so many
// goroutines at once: three commits.
func BenchmarkMail(b *testing.B) {
	onBoth(b, func(b *testing.B, db *sqlx.DB) func(context.Context) error {
		st := open(b, db).Email()
		return func(ctx context.Context) error {
			e, m := letter(int(serial.Add(1)), 5_000)
			id, _, addErr := st.AddMessage(ctx, e, m)
			_, takeErr := st.TakeMessage(ctx, id, post, email.Lease{Token: "t", Now: arrived, Until: arrived.Add(time.Minute)})
			_, settleErr := st.SettleMessage(ctx, id, email.Settlement{
				Lease: "t", At: arrived, Outcome: email.OutcomeSent, Status: email.StatusSent, ProviderID: fmt.Sprint("p-", id),
			})
			return errors.Join(addErr, takeErr, settleErr)
		}
	})
}

// BenchmarkAttachment reads a file of 10 MiB as a mailer does.
func BenchmarkAttachment(b *testing.B) {
	const size = 10 << 20
	for name, connect := range map[string]func(testing.TB) *sqlx.DB{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			st := open(b, connect(b)).Email()
			e, m := letter(1, size)
			id, _, err := st.AddMessage(b.Context(), e, m)
			require.NoError(b, err)
			b.ReportAllocs()
			b.SetBytes(size)
			for b.Loop() {
				kept, err := st.Message(b.Context(), id)
				require.NoError(b, err)
				r, err := kept.Attachments[0].Open()
				require.NoError(b, err)
				n, err := io.Copy(io.Discard, r)
				require.NoError(b, err)
				require.EqualValues(b, size, n)
			}
		})
	}
}
