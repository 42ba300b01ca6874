package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/store/storetest"
)

// asked is a query as it is asked, and the index that it needs.
type asked struct {
	index string
	query string
	args  []any
}

func ask(index, query string, args ...any) asked { return asked{index, query, args} }

// TestTheAgendaUsesItsIndexes: a search, a list or a worker's poll reads neither the
// meetings of others nor those of years.
func TestTheAgendaUsesItsIndexes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *sqlx.DB) {
		st, err := Open(t.Context(), db, nil)
		require.NoError(t, err)
		fillScheduling(t, db)
		for _, a := range append(agendaQueries(st.dialect), catalogQueries(st.dialect)...) {
			p := planOf(t, st, a)
			assert.Contains(t, p, a.index, a.query)
			assert.NotContains(t, p, "Seq Scan on frontdesk", a.query)
			assert.NotRegexp(t, `SCAN (frontdesk\w+|[a-z])\b`, p, a.query)
		}
	})
}

const hostStart, meetingStart = "frontdesk_scheduling_meeting_hosts_start", "frontdesk_scheduling_meetings_start"

func agendaQueries(d dialect) []asked {
	meetings := func(index string, f scheduling.MeetingFilter) asked {
		f.Limit = 3
		query, args := filterMeetings(f)
		return asked{index, query, args}
	}
	start := moment(2000)
	after := scheduling.MeetingCursor{Start: start, ID: "i_7"}
	return []asked{
		ask(hostStart, selectTaken, 1, 2000, 2400, []string{"i_7", "i_8"}, 2000, 2400, 1),
		ask("", selectLapsed+d.rowLock, 1, 2000, 2400, []string{"i_7"}, "i_1", 2000, 2400),
		ask("frontdesk_scheduling_meetings_lapse", selectLapsedMeetings, 50, 10),
		meetings(meetingStart, scheduling.MeetingFilter{From: start}),
		meetings(meetingStart, scheduling.MeetingFilter{After: after, Backward: true}),
		meetings(hostStart, scheduling.MeetingFilter{Host: "i_7"}),
		meetings(hostStart, scheduling.MeetingFilter{Host: "i_7", From: start, To: start.Add(time.Millisecond), After: after}),
		meetings(hostStart, scheduling.MeetingFilter{Host: "i_7", To: start, Backward: true, Statuses: []scheduling.Status{scheduling.StatusConfirmed}}),
		meetings("frontdesk_scheduling_bookings_client", scheduling.MeetingFilter{Client: "i_7"}),
		meetings("frontdesk_scheduling_meetings_event_type", scheduling.MeetingFilter{EventType: "i_7"}),
		meetings("frontdesk_scheduling_meetings_series", scheduling.MeetingFilter{Series: "i_7"}),
		meetings("frontdesk_scheduling_meetings_open", scheduling.MeetingFilter{Statuses: []scheduling.Status{scheduling.StatusPending}, From: start}),
		ask("frontdesk_scheduling_bookings_meeting", selectMeeting, "i_7"),
		ask("frontdesk_scheduling_bookings_meeting", selectMeetingOf, "i_7"),
		ask("frontdesk_scheduling_bookings_key", selectMeetingByKey, "i_7"),
		ask("", holdMeeting+d.rowLock, "i_7"),
		ask("", updateMeeting, "i_7", "", 1, 2, "done", 0, 0, 0, "{}", "i_7"),
		ask("", updateBooking, "i_7", "i_7", "", "done", 0, 1, 0, "{}", "i_7"),
		ask("frontdesk_scheduling_hosts_name", selectHosts, []string{"i_7"}),
		ask("", updateHostRow, "i_7", 1, 2, 1, 2, "done", 0, 1, 1, false, false, "i_7", 7),
		ask("", deleteHostRows, "i_7", []int64{7}),
		ask("", expireMeetings, 1, []string{"i_7"}),
		ask("", expireHosts, []string{"i_7"}),
		ask("frontdesk_scheduling_bookings_meeting", expireBookings, 1, []string{"i_7"}),
	}
}

func catalogQueries(d dialect) []asked {
	waiting := func(index string, f scheduling.WaitingFilter) asked {
		query, args := filterWaiting(f)
		return asked{index, query, args}
	}
	effects := func(index string, f scheduling.EffectFilter) asked {
		query, args := filterChanges(f)
		return asked{index, query, args}
	}
	open := []scheduling.WaitingState{scheduling.WaitingOpen}
	return []asked{
		ask("", selectSettings, "i_7"),
		ask("", updateSettings, 2, "", "{}", "i_7", 1),
		ask("", selectSchedules+"id = ?", "i_7"),
		ask("frontdesk_scheduling_schedules_expert", selectSchedules+"expert IN (?) ORDER BY id", []string{"i_7"}),
		ask("frontdesk_scheduling_uses_schedule", countUses, "i_7", "i_7"),
		ask("frontdesk_scheduling_settings_schedule", countUses, "i_7", "i_7"),
		ask("", deleteUses, "i_7"),
		ask("", selectEventTypes+" WHERE id = ?", "i_7"),
		ask("frontdesk_scheduling_event_types_place", selectEventTypes+" WHERE owner IN (?) ORDER BY owner, place, id", []string{"i_7"}),
		ask("frontdesk_scheduling_event_types", selectTypesOf+d.rowLock, "i_7"),
		ask("", placeEventType, 1, "i_7"),
		waiting("", scheduling.WaitingFilter{}),
		waiting("frontdesk_scheduling_waiting_event_type", scheduling.WaitingFilter{EventType: "i_7", States: open, Start: moment(1)}),
		waiting("frontdesk_scheduling_waiting_client", scheduling.WaitingFilter{Client: "i_7"}),
		waiting("frontdesk_scheduling_waiting_lapse", scheduling.WaitingFilter{Lapsed: moment(50)}),
		ask("", updateWaiting, "", "", "", 1, 1, 1, "{}", "i_7"),
		ask("frontdesk_scheduling_packs_client", selectPacks+"client = ? ORDER BY id", "i_7"),
		ask("frontdesk_scheduling_packs_key", selectPacks+packWithKey, "i_7", "i_7"),
		ask("", updatePack, "{}", "i_7"),
		ask("frontdesk_scheduling_effects_due", selectDueChanges, 50, 10),
		ask("", takeChange, "t", 1, 1, 1, 7, 1),
		ask("", settleChange+setNextAt+ofChangeLease, "done", "", 0, 0, 1, 1, 7, "t"),
		ask("", retryChange, 1, 1, 7),
		ask("frontdesk_scheduling_effects_meeting", dropChanges, "i_7", "remind"),
		ask("frontdesk_scheduling_effects_done", pruneChanges, 10, 3),
		effects("", scheduling.EffectFilter{Before: 4000}),
		effects("frontdesk_scheduling_effects_meeting", scheduling.EffectFilter{Meeting: "i_7"}),
		effects("frontdesk_scheduling_effects_state", scheduling.EffectFilter{States: []scheduling.EffectState{scheduling.EffectDead}}),
	}
}

// planOf is how the database means to run the query with its arguments.
func planOf(t *testing.T, st *DB, a asked) string {
	t.Helper()
	query, args, err := sqlx.In(a.query, a.args...)
	require.NoError(t, err)
	explain := "EXPLAIN QUERY PLAN "
	if st.Postgres() {
		explain = "EXPLAIN "
	}
	rows, err := st.pool.Queryx(explain+st.dialect.rebind(query), args...)
	require.NoError(t, err, a.query)
	defer rows.Close()
	var lines []string
	for rows.Next() {
		line, err := rows.SliceScan()
		require.NoError(t, err)
		lines = append(lines, fmt.Sprint(line...))
	}
	require.NoError(t, rows.Err())
	return strings.Join(lines, "\n")
}

func fillScheduling(t *testing.T, db *sqlx.DB) {
	t.Helper()
	numbers := numbers
	if db.DriverName() == "sqlite" {
		numbers = strings.Replace(numbers, "5000", "1500", 1) // it plans alike, and is slow to fill
	}
	run(t, db, `INSERT INTO frontdesk_scheduling_settings (expert, schedule, revision, details) `+numbers+`SELECT 'i_' || i, 'i_' || i, 1, '{}' FROM n`,
		`INSERT INTO frontdesk_scheduling_schedules (id, expert, revision, details) `+numbers+`SELECT 'i_' || i, 'i_' || (i % 2500), 1, '{}' FROM n`,
		`INSERT INTO frontdesk_scheduling_event_types (id, owner, slug, place, revision, details) `+numbers+`SELECT 'i_' || i, 'i_' || (i % 500), 'i_' || i, i, 1, '{}' FROM n`,
		`INSERT INTO frontdesk_scheduling_uses (event_type, schedule) `+numbers+`SELECT 'i_' || i, 'i_' || i FROM n`,
		`INSERT INTO frontdesk_scheduling_hosts (id, name, longest) `+numbers+`SELECT i, 'i_' || i, 5 FROM n`,
		`INSERT INTO frontdesk_scheduling_meetings (id, event_type, series, starts_at, ends_at, status, expires_at, lapses_at, updated_at, details) `+numbers+
			`SELECT 'i_' || i, 'i_' || (i % 200), CASE i % 10 WHEN 7 THEN 'i_' || (i % 100) ELSE '' END, i, i + 1, CASE i % 500 WHEN 0 THEN 'pending' WHEN 1 THEN 'held' ELSE 'done' END,
			i, CASE i % 500 WHEN 1 THEN i ELSE 0 END, 0, '{}' FROM n`,
		`INSERT INTO frontdesk_scheduling_meeting_hosts (meeting, host, event_type, starts_at, ends_at, blocked_from, blocked_to, status, expires_at, seats, booked, holds, live) `+
			numbers+`SELECT 'i_' || i, i % 10 + 1, 'i_' || (i % 200), i, i + 1, i, i + 1, CASE i % 500 WHEN 0 THEN 'pending' WHEN 1 THEN 'held' ELSE 'done' END, i, 1, 1, FALSE, i % 500 < 2 FROM n`,
		`INSERT INTO frontdesk_scheduling_bookings (id, meeting, client, key, status, expires_at, seats, updated_at, details) `+numbers+
			`SELECT 'i_' || i, 'i_' || i, 'i_' || (i % 500), CASE i % 2 WHEN 1 THEN 'i_' || i ELSE '' END, 'done', 0, 1, 0, '{}' FROM n`,
		`INSERT INTO frontdesk_scheduling_waiting (id, event_type, client, state, in_start, in_end, lapses_at, details) `+numbers+
			`SELECT 'i_' || i, 'i_' || (i % 100), 'i_' || (i % 500), CASE i % 100 WHEN 7 THEN 'waiting' ELSE 'taken' END, 0, i, i, '{}' FROM n`,
		`INSERT INTO frontdesk_scheduling_packs (id, client, key, details) `+numbers+`SELECT 'i_' || i, 'i_' || (i % 500), 'i_' || i, '{}' FROM n`,
		`INSERT INTO frontdesk_scheduling_effects (`+addedChangeColumns+`, due_at, taken_at) `+numbers+`SELECT 'i_' || i, 'remind', 'i_' || (i % 1000), '',
			CASE i % 500 WHEN 0 THEN 'pending' WHEN 1 THEN 'dead' ELSE 'done' END, 0, '', 0, i, '', 0, CAST('' AS payload), i, i FROM n`,
		"ANALYZE")
}

// TestASearchIsNotSlowedByWhatIsOver: what Taken reads of a host with a long past begins
// shortly before the time that it is asked for.
func TestASearchIsNotSlowedByWhatIsOver(t *testing.T) {
	db := storetest.Postgres(t)
	st, err := Open(t.Context(), db, nil)
	require.NoError(t, err)
	fillScheduling(t, db)
	query, args, err := sqlx.In("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) "+selectTaken, 1, 4000, 4100, []string{"i_7"}, 4000, 4100, 1)
	require.NoError(t, err)
	var lines []string
	require.NoError(t, db.Select(&lines, st.dialect.rebind(query), args...))
	p := strings.Join(lines, "\n")
	assert.Regexp(t, hostStart+`[^\n]*\(actual rows=1[01]\b`, p)
}
