package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

// BenchmarkTaken asks for the 200 meetings of one host, alone and, with FRONTDESK_PROOF=1,
// among a million of others.
func BenchmarkTaken(b *testing.B) {
	for name, connect := range map[string]func(testing.TB) *sqlx.DB{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		for _, all := range []int{200, proof(20_000, 1_000_000)} {
			b.Run(fmt.Sprintf("%s/%d", name, all), func(b *testing.B) {
				db := connect(b)
				st := open(b, db).Scheduling()
				fillAgenda(b, db, all)
				in := scheduling.Span{Start: arrived, End: arrived.AddDate(1, 0, 0)}
				b.ReportAllocs()
				for b.Loop() {
					taken, err := st.Taken(b.Context(), []string{"host-0"}, in, arrived)
					require.NoError(b, err)
					require.Len(b, taken, 200)
				}
			})
		}
	}
}

// fillAgenda gives hosts 200 meetings each, an hour apart.
func fillAgenda(b *testing.B, db *sqlx.DB, meetings int) {
	b.Helper()
	numbers := fmt.Sprintf("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d) ", meetings-1)
	hour, start := time.Hour.Microseconds(), arrived.UnixMicro()
	times := fmt.Sprintf("%d + (i %% 200) * %d, %d + (i %% 200) * %d + %d", start, 2*hour, start, 2*hour, hour)
	for _, query := range []string{
		"INSERT INTO frontdesk_scheduling_hosts (id, name, longest) " + numbers + fmt.Sprintf("SELECT i, 'host-' || i, %d FROM n WHERE i < %d", hour, meetings/200),
		"INSERT INTO frontdesk_scheduling_meetings (id, event_type, series, starts_at, ends_at, status, expires_at, lapses_at, updated_at, details) " +
			numbers + "SELECT 'm-' || i, 'e1', '', " + times + ", 'confirmed', 0, 0, 0, '{}' FROM n",
		"INSERT INTO frontdesk_scheduling_bookings (id, meeting, client, key, status, expires_at, seats, updated_at, details) " +
			numbers + "SELECT 'b-' || i, 'm-' || i, 'c-' || (i % 1000), '', 'confirmed', 0, 1, 0, '{}' FROM n",
		"INSERT INTO frontdesk_scheduling_meeting_hosts (meeting, host, event_type, starts_at, ends_at, blocked_from, blocked_to, status, expires_at, seats, booked, holds, live) " +
			numbers + "SELECT 'm-' || i, i / 200, 'e1', " + times + ", " + times + ", 'confirmed', 0, 1, 1, FALSE, TRUE FROM n",
		"ANALYZE",
	} {
		_, err := db.ExecContext(b.Context(), query)
		require.NoError(b, err, query)
	}
}

// BenchmarkAddMeeting books free slots of 50 hosts, from so many goroutines at once.
func BenchmarkAddMeeting(b *testing.B) {
	onBoth(b, func(b *testing.B, db *sqlx.DB) func(context.Context) error {
		st := open(b, db).Scheduling()
		return func(ctx context.Context) error {
			n := int(serial.Add(1))
			_, _, err := st.AddMeeting(ctx, appointment(fmt.Sprint("m-", n), slot(n/50), fmt.Sprint("host-", n%50)), arrived)
			return err
		}
	})
}

// BenchmarkAddMeetingTaken wants slots that are taken.
func BenchmarkAddMeetingTaken(b *testing.B) {
	onBoth(b, func(b *testing.B, db *sqlx.DB) func(context.Context) error {
		st := open(b, db).Scheduling()
		_, _, err := st.AddMeeting(b.Context(), appointment("first", slot(0), "nina"), arrived)
		require.NoError(b, err)
		return func(ctx context.Context) error {
			_, _, err := st.AddMeeting(ctx, appointment(fmt.Sprint("m-", serial.Add(1)), slot(0), "nina"), arrived)
			require.ErrorIs(b, err, scheduling.ErrSlotTaken)
			return nil
		}
	})
}
