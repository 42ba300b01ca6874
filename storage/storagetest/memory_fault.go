package storagetest

import (
	"context"
	"crypto/sha256"
	"slices"
)

// faults are what is to go wrong.
type faults struct {
	calls   int
	fail    []error
	lose    int
	corrupt int
	full    bool
}

// arrive counts a call and returns the error that it is to fail with.
func (s *Store) arrive(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.faults.calls++
	if len(s.faults.fail) == 0 {
		return nil
	}
	err := s.faults.fail[0]
	s.faults.fail = s.faults.fail[1:]
	return err
}

// losing reports whether the answer to this write is to be lost.
func (f *faults) losing() bool {
	if f.lose == 0 {
		return false
	}
	f.lose--
	return true
}

// transmit is the content as it arrives, with its checksum.
func (s *Store) transmit(content []byte) ([]byte, []byte) {
	if s.faults.corrupt > 0 {
		s.faults.corrupt--
		content = append(slices.Clone(content), '!')
		content[0] ^= 1
	}
	sum := sha256.Sum256(content)
	return content, sum[:]
}

// FailNext makes the next call, of whichever method, fail with err before anything is
// carried out. Faults add up: the next call takes the next one. A nil err lets a
// call through.
func (s *Store) FailNext(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.fail = append(s.faults.fail, err)
}

// LoseNext lets the next object be stored but loses the answer: the caller gets
// OutcomeUnknown.
func (s *Store) LoseNext() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.lose++
}

// CorruptNext changes the next content on its way: the put fails with Aborted.
func (s *Store) CorruptNext() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.corrupt++
}

// SetFull makes every write fail with QuotaExceeded until there is room again.
func (s *Store) SetFull(full bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults.full = full
}

// Calls is how many calls have come, failed ones included; those that were refused for
// their arguments never came.
func (s *Store) Calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults.calls
}
