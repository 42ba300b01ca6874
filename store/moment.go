package store

import "time"

// Times are stored as microseconds since 1970 in UTC, which is Postgres's own
// resolution. SQLite has no type for times, and each of its drivers writes them as
// another text; integers compare and sort right on both databases, whatever the driver
// and the session's time zone. Go's zero time, at the start of the year 1, is the
// number noTime, before all others.

const noTime = -62135596800000000

func micros(t time.Time) int64 { return t.UnixMicro() }

func moment(micros int64) time.Time { return time.UnixMicro(micros).UTC() }
