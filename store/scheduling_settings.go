package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

const (
	selectSettings = "SELECT revision, details FROM frontdesk_scheduling_settings WHERE expert = ?"
	insertSettings = "INSERT INTO frontdesk_scheduling_settings (revision, schedule, details, expert) VALUES (?, ?, ?, ?) ON CONFLICT (expert) DO NOTHING"
	updateSettings = "UPDATE frontdesk_scheduling_settings SET revision = ?, schedule = ?, details = ? WHERE expert = ? AND revision = ?"
)

// Settings returns the expert's settings.
func (s schedulingStore) Settings(ctx context.Context, expert string) (*scheduling.Settings, error) {
	var there scheduling.Settings
	err := s.read(ctx, func(q queries) (err error) {
		there, err = first(ctx, q, scanSettings, selectSettings, storable(expert))
		return missing(err, fmt.Sprintf("settings of %q", expert))
	})
	if err != nil {
		return nil, err
	}
	return &there, nil
}

func scanSettings(r row) (s scheduling.Settings, err error) {
	var text string
	var revision int
	if err := r.Scan(&revision, &text); err != nil {
		return s, err
	}
	err = json.Unmarshal([]byte(text), &s)
	s.Revision, s.UpdatedAt = revision, s.UpdatedAt.UTC()
	return s, err
}

// SaveSettings stores the settings if nobody else has saved them meanwhile.
func (s schedulingStore) SaveSettings(ctx context.Context, in scheduling.Settings) (*scheduling.Settings, error) {
	in.UpdatedAt = in.UpdatedAt.UTC()
	text, err := details(in)
	if err != nil {
		return nil, err
	}
	var there scheduling.Settings
	err = s.together(ctx, func(_ *Tx, q queries) error {
		if err := holdSchedules(ctx, q, in.Schedule); err != nil {
			return err
		}
		err := save(ctx, q, in.Revision, insertSettings, updateSettings, storable(in.Schedule), text, storable(in.Expert))
		if err != nil {
			return err
		}
		there, err = first(ctx, q, scanSettings, selectSettings, storable(in.Expert))
		return err
	})
	if err != nil {
		return nil, err
	}
	return &there, nil
}

// save inserts a row, or updates that of the revision. Of the arguments, the last one is
// its key.
func save(ctx context.Context, q queries, revision int, insert, update string, args ...any) error {
	query, all := insert, append([]any{revision + 1}, args...)
	if revision != 0 {
		query, all = update, append(all, revision)
	}
	n, err := q.exec(ctx, query, all...)
	if err == nil && n == 0 {
		return errSavedMeanwhile
	}
	return err
}

var errSavedMeanwhile = frontdesk.Errorf(frontdesk.Aborted, "somebody else has saved it: its revision is another by now")

// holdSchedules keeps the schedules that are named from being deleted in the transaction.
func holdSchedules(ctx context.Context, q queries, ids ...string) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := list(ctx, q, scalar[string], "SELECT id FROM frontdesk_scheduling_schedules WHERE id IN (?) ORDER BY id"+q.dialect.rowLock, storables(ids))
	return err
}

// isUnique reports whether the error says that there is such a row already.
func isUnique(q queries, err error) bool { return err != nil && q.dialect.fault(err) == faultUnique }

// changed is the number of rows that were changed, of which there must be one.
func changed(n int64, err error, what string) error {
	if err == nil && n == 0 {
		err = missing(errNoRow, what)
	}
	return err
}
