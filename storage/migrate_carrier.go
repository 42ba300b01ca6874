package storage

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"

	"github.com/frontdesk-go/frontdesk"
)

// carrier brings one item from state to state. Each step leads to one line in the manifest.
type carrier struct {
	*migrationRun
	item *MigrationItem // nil: the source does not tell of it any more
	key  string
	sure bool // the copy was found whole by this carrier

	lookedAgain bool // for the folder
}

// carry brings an item as far as it goes.
func (r *migrationRun) carry(ctx context.Context, c *carrier) error {
	return r.insist(ctx, c.run)
}

func (c *carrier) run(ctx context.Context) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		e := c.manifest.entry(c.key)
		step := c.step(e.State)
		if step == nil {
			return nil
		}
		next, err := step(ctx, e)
		if err != nil {
			return err
		}
		if err := c.write(next); err != nil {
			return err
		}
	}
}

// step is what is to be done with an item in the state.
func (c *carrier) step(s migrationState) func(context.Context, migrationEntry) (migrationEntry, error) {
	switch {
	case s == itemDropped || s.over():
		return nil
	case s == itemVerified:
		return c.rewrite
	case c.item == nil:
		return c.drop
	case s == itemReserved:
		return c.copy
	case s == itemCopied:
		return c.verify
	}
	return c.reserve
}

// write adds a line to the manifest, without which nothing may go on.
func (c *carrier) write(e migrationEntry) error {
	err := c.manifest.add(e)
	if err != nil {
		c.stop(err)
	}
	return err
}

// reserve takes an id before anything is stored under it, so that a put which is repeated makes no
// second object.
func (c *carrier) reserve(ctx context.Context, _ migrationEntry) (migrationEntry, error) {
	e := migrationEntry{Key: c.key, State: itemReserved}
	identifier, can := c.To.(Identifier)
	if !can {
		return e, nil
	}
	id, err := identifier.NewID(ctx)
	e.ID = id
	return e, c.ofDestination(err)
}

// copy streams the content.
func (c *carrier) copy(ctx context.Context, e migrationEntry) (migrationEntry, error) {
	body, from, err := c.From.Open(ctx, *c.item)
	if err != nil {
		return e, err
	}
	defer body.Close()
	o, err := c.item.putOptions(from)
	if err != nil {
		return e, err
	}
	if o.Folder, err = c.folders.id(ctx, c.item.Folder); err != nil {
		return e, c.ofDestination(err)
	}
	o.ID = e.ID
	in := NewIntake(ctx, body, o)
	object, err := c.To.Put(ctx, in, o)
	if err != nil {
		return e, c.notPut(ctx, e, err)
	}
	e.ID, e.Size, e.SHA256, e.Version = object.ID, in.Size(), hex.EncodeToString(in.SHA256()), from.Version
	c.mu.Lock()
	c.report.Bytes += e.Size
	c.mu.Unlock()
	return e.to(itemCopied), nil
}

// notPut says what follows from a put that failed.
func (c *carrier) notPut(ctx context.Context, e migrationEntry, err error) error {
	switch frontdesk.CodeOf(err) {
	case frontdesk.AlreadyExists: // a dead run has put other content: the original has changed since
		return c.anew(ctx, e, err)
	case frontdesk.FailedPrecondition: // the folder may have been deleted
		if c.item.Folder.Key != "" && !c.lookedAgain {
			c.lookedAgain = true
			return errors.Join(frontdesk.Errorf(frontdesk.Unavailable, "the folder is looked for again: %w", err), c.folders.forget(ctx, c.item.Folder))
		}
	case frontdesk.OutcomeUnknown:
		if e.ID == "" {
			return frontdesk.Errorf(frontdesk.FailedPrecondition, "the item may be there, under an id that nobody knows: %w", err)
		}
	}
	return c.ofDestination(err)
}

// verify reads the copy back, and looks whether the original is still what was copied.
func (c *carrier) verify(ctx context.Context, e migrationEntry) (migrationEntry, error) {
	err := intact(ctx, c.To, e)
	switch frontdesk.CodeOf(err) {
	case frontdesk.NotFound, frontdesk.Aborted:
		return e, c.anew(ctx, e, err)
	}
	if err != nil {
		return e, err
	}
	now, err := c.From.Stat(ctx, *c.item)
	if err != nil {
		return e, err
	}
	if e.changed(now) {
		return e, c.anew(ctx, e, frontdesk.Errorf(frontdesk.Aborted, "the original has changed meanwhile"))
	}
	c.sure = true
	return e.to(itemVerified), nil
}

// changed reports whether the original is not what was copied.
func (e *migrationEntry) changed(now *Original) bool {
	switch {
	case now.Size >= 0 && now.Size != e.Size:
		return true
	case len(now.SHA256) > 0:
		return !bytes.Equal(now.SHA256, e.sum())
	}
	return e.Version != "" && now.Version != "" && e.Version != now.Version
}

// rewrite lets the host's references lead to the copy.
func (c *carrier) rewrite(ctx context.Context, e migrationEntry) (migrationEntry, error) {
	if !c.sure {
		if err := intact(ctx, c.To, e); err != nil {
			return e, c.gone(ctx, e, err)
		}
		c.sure = true
	}
	err := c.Rewrite(ctx, e.migrated(c.To.Name()))
	if frontdesk.CodeOf(err) == frontdesk.NotFound {
		return c.drop(ctx, e)
	}
	return e.to(itemRewritten), err
}

// gone is a copy that a run before has found whole, and that is not any more.
func (c *carrier) gone(ctx context.Context, e migrationEntry, err error) error {
	switch frontdesk.CodeOf(err) {
	case frontdesk.NotFound, frontdesk.Aborted:
		if c.item != nil {
			return c.anew(ctx, e, err)
		}
	}
	return err
}

// drop deletes a copy that nobody needs.
func (c *carrier) drop(ctx context.Context, e migrationEntry) (migrationEntry, error) {
	return e.to(itemDropped), c.remove(ctx, e)
}

func (c *carrier) remove(ctx context.Context, e migrationEntry) error {
	if e.ID == "" {
		return nil
	}
	if err := c.To.Delete(ctx, e.ID); err != nil && frontdesk.CodeOf(err) != frontdesk.NotFound {
		return err
	}
	return nil
}

// anew takes the copy away and starts again with another id: stores may remember those of deleted objects.
// It returns cause as what passes.
func (c *carrier) anew(ctx context.Context, e migrationEntry, cause error) error {
	c.sure = false
	if err := c.remove(ctx, e); err != nil {
		return err
	}
	next, err := c.reserve(ctx, e)
	if err != nil {
		return err
	}
	if err := c.write(next); err != nil {
		return err
	}
	return frontdesk.Errorf(frontdesk.Aborted, "the copy is not the original: %w", cause)
}

// ofDestination ends the run when no other item would fare better.
func (c *carrier) ofDestination(err error) error {
	switch frontdesk.CodeOf(err) {
	case frontdesk.QuotaExceeded, frontdesk.Unauthenticated:
		c.stop(err)
	}
	return err
}
