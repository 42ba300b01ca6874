package store

import "time"

// SetPatience changes how long the database may stay busy.
func (db *DB) SetPatience(d time.Duration) { db.patience = d }
