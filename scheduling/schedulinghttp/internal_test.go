package schedulinghttp

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

func TestLimiter(t *testing.T) {
	now := time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC)
	fresh := func(l Limit) *limiter { return newLimiter(l, func() time.Time { return now }) }
	t.Run("A network of IPv6 is one address, and one of IPv4 is not", func(t *testing.T) {
		l := fresh(Limit{Rate: 1, Burst: 1})
		require.NoError(t, l.take(netip.MustParseAddr("2001:db8::1"), 1))
		require.Error(t, l.take(netip.MustParseAddr("2001:db8::2"), 1))
		require.NoError(t, l.take(netip.MustParseAddr("2001:db8:0:1::1"), 1))
		require.NoError(t, l.take(netip.MustParseAddr("192.0.2.1"), 1))
		require.NoError(t, l.take(netip.MustParseAddr("192.0.2.2"), 1))
	})
	t.Run("What is not known where it comes from is one address", func(t *testing.T) {
		l := fresh(Limit{Rate: 1, Burst: 1})
		require.NoError(t, l.take(netip.Addr{}, 1))
		require.Error(t, l.take(netip.Addr{}, 1))
	})
	t.Run("A bucket never holds more than it does when it is full", func(t *testing.T) {
		l, from := fresh(Limit{Rate: 1, Burst: 2}), netip.MustParseAddr("192.0.2.1")
		require.NoError(t, l.take(from, 2))
		now = now.Add(time.Hour)
		require.NoError(t, l.take(from, 2))
		require.Equal(t, frontdesk.RateLimited, frontdesk.CodeOf(l.take(from, 1)))
	})
	t.Run("A clock that goes back gives nothing", func(t *testing.T) {
		l, from := fresh(Limit{Rate: 1, Burst: 1}), netip.MustParseAddr("192.0.2.1")
		require.NoError(t, l.take(from, 1))
		now = now.Add(-time.Hour)
		require.Error(t, l.take(from, 1))
	})
	t.Run("A negative rate bounds nothing", func(t *testing.T) {
		l := fresh(Limit{Rate: -1, Burst: 1})
		for range 10 {
			require.NoError(t, l.take(netip.Addr{}, 1))
		}
	})
	t.Run("Many addresses take bounded memory, and the busy ones stay known", func(t *testing.T) {
		l, busy := fresh(Limit{Rate: 1, Burst: 1}), netip.MustParseAddr("192.0.2.1")
		require.NoError(t, l.take(busy, 1))
		for i := range 5 * maxBuckets {
			require.NoError(t, l.take(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), 1))
			if i%1000 == 0 {
				require.Error(t, l.take(busy, 1))
			}
			require.LessOrEqual(t, len(l.recent)+len(l.aged), 2*maxBuckets)
		}
	})
}

// month is what a search finds of a month of half hours.
func month() *scheduling.Result {
	r := &scheduling.Result{Zone: "America/New_York"}
	for at := time.Date(2027, 1, 4, 14, 0, 0, 0, time.UTC); len(r.Slots) < 232; at = at.Add(30 * time.Minute) {
		r.Slots = append(r.Slots, scheduling.Slot{Start: at, End: at.Add(30 * time.Minute), Seats: 1})
		if at.Hour() == 21 {
			at = at.Add(16 * time.Hour)
		}
	}
	return r
}

func TestSlotsJSON(t *testing.T) {
	t.Run("It is what encoding/json would write", func(t *testing.T) {
		r := month()
		before := time.Date(1969, 12, 31, 23, 59, 59, 0, time.UTC)
		r.Slots = append(r.Slots, scheduling.Slot{Start: before, End: before.Add(time.Second), Seats: 12})
		type slot struct {
			Start time.Time `json:"start"`
			End   time.Time `json:"end"`
			Seats int       `json:"seats"`
		}
		want, err := json.Marshal(map[string]any{
			"zone": r.Zone, "warnings": []string{}, "next_cursor": nil,
			"data": each(r.Slots, func(s *scheduling.Slot) slot { return slot{s.Start, s.End, s.Seats} }),
		})
		require.NoError(t, err)
		require.JSONEq(t, string(want), string(appendSlots(nil, r, time.Time{})))
	})
	t.Run("Nothing is a list too", func(t *testing.T) {
		got := appendSlots(nil, &scheduling.Result{Zone: "UTC", Unknown: []string{"nina"}}, time.Unix(1800000000, 0))
		require.Equal(t, `{"zone":"UTC","data":[],"warnings":["calendar_unavailable"],"next_cursor":"1800000000"}`+"\n", string(got))
	})
	t.Run("It is written at once", func(t *testing.T) {
		r := month()
		require.LessOrEqual(t, testing.AllocsPerRun(100, func() { appendSlots(nil, r, time.Time{}) }), 2.0)
	})
}

func BenchmarkSlotsJSON(b *testing.B) {
	r := month()
	b.ReportAllocs()
	for b.Loop() {
		appendSlots(nil, r, time.Time{})
	}
}

func BenchmarkLimiter(b *testing.B) {
	l, from := newLimiter(Limit{Rate: 1e9, Burst: 1e9}, time.Now), netip.MustParseAddr("192.0.2.1")
	for b.Loop() {
		_ = l.take(from, 1)
	}
}

func FuzzBounds(f *testing.F) {
	for _, seed := range []string{"2027-03-14", "2027-03-14T09:00:00Z", "2027-03-14T00:00Z", "2027-03-14T09:00:00 02:00", "2027-03-14T09:00:00.5-12:00",
		"9999-12-31", "0001-01-01", "0000-01-01T00:00:00Z", "9998-12-31T23:59:59-23:59", "2027-02-30", "", "x", "2011-12-30"} {
		for _, zone := range []string{"", "Pacific/Apia", "Africa/Cairo", "America/Santiago"} {
			f.Add(seed, "2027-03-15", zone, "60", "1800000000")
		}
	}
	f.Fuzz(func(t *testing.T, from, to, zone, duration, cursor string) {
		q := map[string][]string{"from": {from}, "to": {to}, "duration": {duration}, "cursor": {cursor}}
		if zone != "" {
			q["zone"] = []string{zone}
		}
		a := &asked{query: q}
		if err := a.read(); err != nil {
			if frontdesk.CodeOf(err) != frontdesk.Invalid || len(frontdesk.Fields(err)) != 1 {
				t.Fatalf("%q: %v: what is refused is invalid, and named", q, err)
			}
			return
		}
		if a.From.Location() != time.UTC || a.To.Location() != time.UTC || a.Duration <= 0 {
			t.Fatalf("%q: %+v: bounds are in UTC, and durations positive", q, a)
		}
		if !a.From.Before(a.To) && a.cursor.IsZero() {
			t.Fatalf("%q: %v to %v: bounds are in their order", q, a.From, a.To)
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`{}`, `{"zone":"UTC","weekly":[{"day":1,"start":0,"end":60}]}`, `{"a":{"b":1,"B":2}}`, `{"zone":"\u0000"}`, `[[[`, `{"weekly":[{}],"weekly":1}`, `{} x`, `null`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) == 0 {
			return
		}
		var r scheduleRecord
		if err := decode(raw, &r); err != nil {
			if frontdesk.CodeOf(err) != frontdesk.Invalid {
				t.Fatalf("%q: %v: a body that is refused is invalid", raw, err)
			}
			return
		}
		if _, err := r.schedule("", "", 0); err != nil && frontdesk.CodeOf(err) != frontdesk.Invalid {
			t.Fatalf("%q: %v", raw, err)
		}
	})
}

func FuzzDial(f *testing.F) {
	f.Add(int64(0), int64(-1))
	f.Add(int64(1805000000), int64(1805000001))
	f.Fuzz(func(t *testing.T, first, second int64) {
		const most = 253402300799
		var d dial
		for _, at := range []int64{first % most, second % most} {
			if at < -62135596800 {
				return
			}
			want := time.Unix(at, 0).UTC().Format(time.RFC3339)
			if got := string(d.append(nil, time.Unix(at, 0))); got != want {
				t.Fatalf("%d is %s, want %s", at, got, want)
			}
		}
	})
}

func TestProblems(t *testing.T) {
	asked := httptest.NewRequest(http.MethodPost, "/meetings", nil)
	for _, c := range []struct {
		rule   string
		err    error
		status int
		code   frontdesk.Code
		reason scheduling.Reason
	}{
		{"A slot that somebody else has got is taken", frontdesk.Wrap("scheduling.Book", scheduling.ErrSlotTaken), 409, frontdesk.AlreadyExists, reasonTaken},
		{"A reason comes from the causes", frontdesk.Errorf(frontdesk.FailedPrecondition, "x: %w", scheduling.ReasonBuffer), 409, frontdesk.FailedPrecondition, scheduling.ReasonBuffer},
		{"What nobody thought of is ours", errors.New("dsn=secret"), 500, frontdesk.Internal, ""},
		{"What is broken is ours", frontdesk.Errorf(frontdesk.Internal, "dsn=secret"), 500, frontdesk.Internal, ""},
		{"A card that is declined is to be paid otherwise", frontdesk.Errorf(frontdesk.Declined, ""), 402, frontdesk.Declined, ""},
		{"Who has to sign in is told so", frontdesk.Errorf(frontdesk.Unauthenticated, "sign in first"), 401, frontdesk.Unauthenticated, ""},
	} {
		t.Run(c.rule, func(t *testing.T) {
			status, p := problemOf(asked, c.err)
			require.Equal(t, []any{c.status, c.code, c.reason}, []any{status, p.Code, p.Reason})
			require.NotEmpty(t, p.Detail)
			require.NotContains(t, p.Detail, "secret")
		})
	}
}

func TestMinutes(t *testing.T) {
	for in, want := range map[minutes]time.Duration{0: 0, 60: time.Hour, -5: -5 * time.Minute, 1<<31 - 1: maxMinutes * time.Minute, -1 << 31: -maxMinutes * time.Minute} {
		t.Run(fmt.Sprintf("%d minutes are %v", in, want), func(t *testing.T) { require.Equal(t, want, in.duration()) })
	}
}
