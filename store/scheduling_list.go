package store

import (
	"context"
	"fmt"
	"time"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

// selectTaken finds, in the index of a host's starts, what overlaps a time: see
// selectLapsed. Bookings are looked at only where a clock may have ended one.
const selectTaken = "SELECT h.name, t.meeting, t.event_type, t.starts_at, t.ends_at, t.blocked_from, t.blocked_to, t.status, t.seats, " +
	"t.seats - t.booked - CASE WHEN t.holds THEN (SELECT CAST(COALESCE(SUM(b.seats), 0) AS BIGINT) FROM frontdesk_scheduling_bookings b " +
	"WHERE b.meeting = t.meeting AND b.status = 'held' AND b.expires_at > ?) ELSE 0 END " +
	"FROM frontdesk_scheduling_hosts h JOIN frontdesk_scheduling_meeting_hosts t ON t.host = h.id " +
	"AND t.starts_at > ? - h.longest AND t.starts_at < ? + h.longest " +
	"WHERE h.name IN (?) AND t.blocked_to > ? AND t.blocked_from < ? AND " +
	"(t.status IN ('confirmed', 'pending', 'done', 'no_show') OR t.status = 'held' AND t.expires_at > ?) " +
	"ORDER BY h.name, t.starts_at, t.meeting"

const selectLapsedMeetings = "SELECT id FROM frontdesk_scheduling_meetings WHERE lapses_at > 0 AND lapses_at <= ? ORDER BY lapses_at, id LIMIT ?"

// Taken lists what takes time of the hosts.
func (s schedulingStore) Taken(ctx context.Context, hosts []string, in scheduling.Span, now time.Time) (all []scheduling.Taken, err error) {
	if len(hosts) == 0 {
		return nil, ctx.Err()
	}
	from, to, at := micros(in.Start), micros(in.End), micros(now)
	err = s.read(ctx, func(q queries) (err error) {
		all, err = list(ctx, q, scanTaken, selectTaken, at, from, to, storables(hosts), from, to, at)
		return err
	})
	return all, err
}

func scanTaken(r row) (t scheduling.Taken, err error) {
	var starts, ends, blockedFrom, blockedTo int64
	err = r.Scan(&t.Host, &t.Meeting, &t.EventType, &starts, &ends, &blockedFrom, &blockedTo, &t.Status, &t.Seats, &t.Free)
	t.Span = scheduling.Span{Start: moment(starts), End: moment(ends)}
	t.Blocked = scheduling.Span{Start: moment(blockedFrom), End: moment(blockedTo)}
	return t, err
}

// LapsedMeetings lists ids of meetings with a hold that is over.
func (s schedulingStore) LapsedMeetings(ctx context.Context, now time.Time, limit int) (ids []string, err error) {
	err = s.read(ctx, func(q queries) (err error) {
		ids, err = list(ctx, q, scalar[string], selectLapsedMeetings, micros(now), max(limit, 0))
		return err
	})
	return ids, err
}

// Meetings lists.
func (s schedulingStore) Meetings(ctx context.Context, f scheduling.MeetingFilter) (all []scheduling.Meeting, err error) {
	query, args := filterMeetings(f)
	err = s.read(ctx, func(q queries) (err error) {
		all, err = listMeetings(ctx, q, query, args...)
		return err
	})
	return all, err
}

// filterMeetings reads a host's meetings in the order of the host's rows, and all others in
// the order of their own.
func filterMeetings(f scheduling.MeetingFilter) (query string, args []any) {
	from, id, order := "frontdesk_scheduling_meetings m", "m.id", ""
	if f.Host != "" {
		from, id = "frontdesk_scheduling_meeting_hosts t JOIN frontdesk_scheduling_meetings m ON m.id = t.meeting", "t.meeting"
	}
	if f.Backward {
		order = " DESC"
	}
	where := whereMeetings(f, id[:1], id)
	inner := "(SELECT " + columnsOf("m", meetingColumns) + " FROM " + from + where.sql() +
		fmt.Sprintf(" ORDER BY %s.starts_at%s, %s%s LIMIT ?)", id[:1], order, id, order)
	return fmt.Sprintf(selectMeetings, inner) + fmt.Sprintf("ORDER BY page.starts_at%s, page.id%s, b.id", order, order), append(where.args, bounded(f.Limit))
}

// whereMeetings are the conditions on the table t, whose meetings have the id.
func whereMeetings(f scheduling.MeetingFilter, t, id string) (where filter) {
	longest, of := "SELECT COALESCE(MAX(longest), 0) FROM frontdesk_scheduling_hosts", []any{micros(f.From), micros(f.From)}
	if f.Host != "" {
		where.when(true, "t.host = (SELECT id FROM frontdesk_scheduling_hosts WHERE name = ?)", storable(f.Host))
		longest, of = longest+" WHERE name = ?", append(of, storable(f.Host))
	}
	where.when(f.Client != "", id+" IN (SELECT meeting FROM frontdesk_scheduling_bookings WHERE client = ? AND client <> '')", storable(f.Client))
	where.when(f.EventType != "", t+".event_type = ?", storable(f.EventType))
	where.when(f.Series != "", "m.series = ? AND m.series <> ''", storable(f.Series))
	where.when(len(f.Statuses) > 0, t+".status IN (?)", f.Statuses)
	where.when(len(f.Statuses) > 0 && within(f.Statuses, unsettled), t+".status IN ('held', 'pending')") // in the words of their index
	where.when(!f.From.IsZero(), t+".ends_at > ? AND "+t+".starts_at > ? - ("+longest+")", of...)
	where.when(!f.To.IsZero(), t+".starts_at < ?", micros(f.To))
	after := ">"
	if f.Backward {
		after = "<"
	}
	where.when(f.After != scheduling.MeetingCursor{}, "("+t+".starts_at, "+id+") "+after+" (?, ?)", micros(f.After.Start), storable(f.After.ID))
	return where
}

// unsettled are the statuses that wait for something.
var unsettled = []scheduling.Status{scheduling.StatusHeld, scheduling.StatusPending}
