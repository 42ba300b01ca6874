package emailtest

// fault is how a call fails: before anything is carried out, or after all of it.
type fault struct {
	err  error
	lose bool
}

func (b *Mailbox) nextFault() fault {
	if len(b.faults) == 0 {
		return fault{}
	}
	f := b.faults[0]
	b.faults = b.faults[1:]
	return f
}

// FailNext makes the next call fail with err before anything is carried out, for
// example with a frontdesk.Error that is RateLimited, or with frontdesk.QuotaExceeded.
// Faults add up: the next call takes the next one. A nil err lets a call through.
func (b *Mailbox) FailNext(err error) { b.addFault(fault{err: err}) }

// LoseNext lets the next message be accepted but loses the answer: the caller gets
// OutcomeUnknown.
func (b *Mailbox) LoseNext() { b.addFault(fault{lose: true}) }

func (b *Mailbox) addFault(f fault) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = append(b.faults, f)
}

// RefuseRecipient makes the mailbox refuse the address from now on, while it accepts
// the others of the same message.
func (b *Mailbox) RefuseRecipient(address string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refused[address] = true
}

// Calls is how many messages have come, refused and repeated ones included, and other
// calls.
func (b *Mailbox) Calls() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.calls
}
