package store

import (
	"context"
	"errors"
	"hash/fnv"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

const (
	lockHost = "SELECT pg_advisory_xact_lock(?)"

	selectHosts = "SELECT id, name, longest FROM frontdesk_scheduling_hosts WHERE name IN (?)"
	putHost     = "INSERT INTO frontdesk_scheduling_hosts (name, longest) VALUES (?, ?) " +
		"ON CONFLICT (name) DO UPDATE SET longest = excluded.longest RETURNING id"

	insertHostRow = "INSERT INTO frontdesk_scheduling_meeting_hosts (event_type, starts_at, ends_at, blocked_from, blocked_to, status, expires_at, " +
		"seats, booked, holds, live, meeting, host) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	updateHostRow = "UPDATE frontdesk_scheduling_meeting_hosts SET event_type = ?, starts_at = ?, ends_at = ?, blocked_from = ?, blocked_to = ?, " +
		"status = ?, expires_at = ?, seats = ?, booked = ?, holds = ?, live = ? WHERE meeting = ? AND host = ?"
	deleteHostRows = "DELETE FROM frontdesk_scheduling_meeting_hosts WHERE meeting = ? AND host NOT IN (?)"

	// selectLapsed are the holds in a meeting's way that are over. Nothing that overlaps a time begins
	// longer before it than the host's longest meeting takes, nor as long after it.
	selectLapsed = "SELECT m.id FROM frontdesk_scheduling_meetings m WHERE m.status = 'held' AND m.expires_at <= ? AND m.id IN " +
		"(SELECT t.meeting FROM frontdesk_scheduling_hosts h JOIN frontdesk_scheduling_meeting_hosts t ON t.host = h.id " +
		"AND t.starts_at > ? - h.longest AND t.starts_at < ? + h.longest " +
		"WHERE h.name IN (?) AND t.meeting <> ? AND t.status = 'held' AND t.blocked_to > ? AND t.blocked_from < ?) ORDER BY m.id"

	expireMeetings = "UPDATE frontdesk_scheduling_meetings SET status = 'expired', lapses_at = 0, updated_at = ? WHERE id IN (?)"
	expireHosts    = "UPDATE frontdesk_scheduling_meeting_hosts SET status = 'expired', live = FALSE, holds = FALSE WHERE meeting IN (?)"
	expireBookings = "UPDATE frontdesk_scheduling_bookings SET status = 'expired', updated_at = ? WHERE meeting IN (?) AND status = 'held'"
)

// lockHosts lets those who write to a host's agenda go one by one, on Postgres, always in the
// same order. Without it, inserts that collide in the constraint would end as deadlocks.
func lockHosts(ctx context.Context, q queries, hosts []string) error {
	if q.dialect.rowLock == "" {
		return nil
	}
	keys := make([]int64, len(hosts))
	for i, h := range hosts {
		sum := fnv.New64a()
		_, _ = sum.Write([]byte("frontdesk.scheduling.host:" + h)) // it never fails
		keys[i] = int64(sum.Sum64())                               //nolint:gosec // any number is as good as another
	}
	slices.Sort(keys)
	for _, key := range slices.Compact(keys) {
		if _, err := q.exec(ctx, lockHost, key); err != nil {
			return err
		}
	}
	return nil
}

// hostRow is what a meeting takes of a host's time, as it is stored.
type hostRow struct {
	eventType                            string
	starts, ends, blockedFrom, blockedTo int64
	status                               string
	expires                              int64
	seats, booked                        int
	holds, live                          bool
}

func hostRowOf(m *scheduling.Meeting) hostRow {
	blocked := m.Blocked()
	r := hostRow{
		eventType: storable(m.EventType), starts: micros(m.Start), ends: micros(m.End),
		blockedFrom: micros(blocked.Start), blockedTo: micros(blocked.End),
		status: string(m.Status), expires: micros(m.ExpiresAt), seats: m.Seats, live: occupies(m.Status),
	}
	for _, b := range m.Bookings {
		if b.Status == scheduling.StatusHeld {
			r.holds = true
		} else if occupies(b.Status) {
			r.booked += b.Seats
		}
	}
	return r
}

// occupies reports whether what has the status keeps others away, until it is expired.
func occupies(s scheduling.Status) bool {
	return s == scheduling.StatusHeld || s == scheduling.StatusPending || s == scheduling.StatusConfirmed
}

// keepHosts stores what the meeting takes of its hosts' time. Their locks are held.
func keepHosts(ctx context.Context, q queries, old, m *scheduling.Meeting, now time.Time) error {
	wanted := hostRowOf(m)
	if hostRowOf(old) == wanted && slices.Equal(old.Hosts, m.Hosts) {
		return nil
	}
	if wanted.live {
		if err := expireInWay(ctx, q, m, now); err != nil {
			return err
		}
	}
	ids, err := hostIDs(ctx, q, m.Hosts, wanted.blockedTo-wanted.blockedFrom)
	if err != nil {
		return err
	}
	if len(old.Hosts) > 0 && !slices.Equal(old.Hosts, m.Hosts) {
		if _, err := list(ctx, q, scalar[int64], deleteHostRows+" RETURNING host", storable(m.ID), append([]int64{0}, ids...)); err != nil {
			return err
		}
	}
	for i, id := range ids {
		query := insertHostRow
		if slices.Contains(old.Hosts, m.Hosts[i]) {
			query = updateHostRow
		}
		_, err := q.exec(ctx, query, wanted.eventType, wanted.starts, wanted.ends, wanted.blockedFrom, wanted.blockedTo, wanted.status, wanted.expires,
			wanted.seats, wanted.booked, wanted.holds, wanted.live, storable(m.ID), id)
		if err != nil && q.dialect.fault(err) == faultTaken {
			return scheduling.ErrSlotTaken
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// hostIDs are the numbers of the hosts, in their order. Each host is made one whose longest
// meeting is at least so long.
func hostIDs(ctx context.Context, q queries, names []string, length int64) ([]int64, error) {
	ids := make([]int64, len(names))
	if len(names) == 0 {
		return ids, nil
	}
	there, err := list(ctx, q, scanHost, selectHosts, storables(names))
	if err != nil {
		return nil, err
	}
	for i, name := range names {
		n := slices.IndexFunc(there, func(h hostNumber) bool { return h.name == storable(name) })
		if n >= 0 && there[n].longest >= length {
			ids[i] = there[n].id
			continue
		}
		if ids[i], err = first(ctx, q, scalar[int64], putHost, storable(name), length); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// hostNumber is a host's row.
type hostNumber struct {
	id      int64
	name    string
	longest int64
}

func scanHost(r row) (h hostNumber, err error) {
	err = r.Scan(&h.id, &h.name, &h.longest)
	return h, err
}

// expireInWay expires the holds in the meeting's way that are over. They may have other hosts
// too, whose locks are not held: rows are locked by rising id.
func expireInWay(ctx context.Context, q queries, m *scheduling.Meeting, now time.Time) error {
	blocked := m.Blocked()
	from, to := micros(blocked.Start), micros(blocked.End)
	if len(m.Hosts) == 0 {
		return nil
	}
	ids, err := list(ctx, q, scalar[string], selectLapsed+q.dialect.rowLock, micros(now), from, to, storables(m.Hosts), storable(m.ID), from, to)
	if err != nil || len(ids) == 0 {
		return err
	}
	return errors.Join(
		change(ctx, q, expireMeetings+" RETURNING id", micros(now), ids),
		change(ctx, q, expireHosts+" RETURNING meeting", ids),
		change(ctx, q, expireBookings+" RETURNING id", micros(now), ids))
}

// change runs a statement in which a ? stands for a slice.
func change(ctx context.Context, q queries, query string, args ...any) error {
	_, err := list(ctx, q, scalar[string], query, args...)
	return err
}
