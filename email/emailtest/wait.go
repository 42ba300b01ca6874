package emailtest

import (
	"context"
	"fmt"
	"slices"
)

// Mails are all that were accepted, oldest first.
func (b *Mailbox) Mails() []Mail {
	mails, _ := b.state()
	return mails
}

func (b *Mailbox) state() ([]Mail, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.mails), b.changed
}

// To are the mails that the address got, oldest first.
func (b *Mailbox) To(address string) []Mail {
	return slices.DeleteFunc(b.Mails(), func(m Mail) bool { return !m.Has(address) })
}

// Wait returns as soon as the mailbox holds n mails, and fails when ctx ends before.
func (b *Mailbox) Wait(ctx context.Context, n int) ([]Mail, error) {
	for {
		mails, changed := b.state()
		if len(mails) >= n {
			return mails, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, fmt.Errorf("waiting for %d mails, there are %d: %w", n, len(mails), ctx.Err())
		}
	}
}

// Latest returns the latest mail to the address, for which it waits if there is none. It
// fails when ctx ends before.
func (b *Mailbox) Latest(ctx context.Context, address string) (Mail, error) {
	for {
		mails, changed := b.state()
		for _, m := range slices.Backward(mails) {
			if m.Has(address) {
				return m, nil
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return Mail{}, fmt.Errorf("waiting for a mail to the address, there are %d to others: %w", len(mails), ctx.Err())
		}
	}
}

// Clear forgets all mails and their keys, and the faults that have not come yet.
func (b *Mailbox) Clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.mails, b.faults = nil, nil
}
