package store

import (
	"context"
	"database/sql"
	"sync"
)

// maxStatements bounds what is kept: all queries but inserts of many sizes.
const maxStatements = 256

// statements keeps SQLite's queries prepared, which takes longer there than most of
// them run; pgx does so by itself. A query is prepared after the transaction that was
// the first to need it, because in it the pool may have no connection left.
type statements struct {
	mu       sync.RWMutex
	prepared map[string]*sql.Stmt
	wanted   []string
}

// find returns the statement in the transaction, or nil.
func (s *statements) find(ctx context.Context, tx *sql.Tx, query string) *sql.Stmt {
	s.mu.RLock()
	found := s.prepared[query]
	s.mu.RUnlock()
	if found != nil {
		return tx.StmtContext(ctx, found)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.prepared)+len(s.wanted) < maxStatements {
		s.wanted = append(s.wanted, query)
	}
	return nil
}

// prepare prepares what was wanted. What cannot be prepared is run unprepared, and
// fails there if it must.
func (s *statements) prepare(ctx context.Context, pool *sql.DB) {
	s.mu.Lock()
	wanted := s.wanted
	s.wanted = nil
	s.mu.Unlock()
	for _, query := range wanted {
		statement, err := pool.PrepareContext(ctx, query)
		if err != nil {
			return
		}
		s.keep(query, statement)
	}
}

func (s *statements) keep(query string, statement *sql.Stmt) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.prepared == nil {
		s.prepared = make(map[string]*sql.Stmt)
	}
	if s.prepared[query] != nil {
		_ = statement.Close() // another transaction was as quick
		return
	}
	s.prepared[query] = statement
}
