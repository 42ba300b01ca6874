package billing

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"

	"github.com/frontdesk-go/frontdesk"
)

// write is one write to the provider, before it is made.
type write[P any] struct {
	op     string // the operation's name
	key    string // the host's for it
	intent string // ours for it; without either, it is derived from target and params
	target Key    // the object that it changes; a zero ID for one that it makes
	owner  owner
	params P
}

// carryOut makes a write exactly once per intent. The intent is persisted with
// its parameters before the provider is called, under an idempotency key that
// every retry of it uses; what the provider answers is applied under the
// object's lock, like a reading. A refusal ends the intent; when the outcome is
// not known, or could not be written down, it stays pending, and the next call
// repeats it.
func carryOut[P any, O Object](ctx context.Context, s *Service, w write[P], call func(context.Context, Write, P) (O, error)) (O, error) {
	var none, made O
	op, params, err := persist(ctx, s, w)
	if err != nil {
		return none, err
	}
	if op.State == OperationDone {
		return result[O](ctx, s, w.target.Kind, op)
	}
	var refusal error
	err = s.exclusively(ctx, w.target, op, func(ctx context.Context) (Object, error) {
		if done, err := finished(ctx, s, w, &op); done || err != nil {
			return nil, err
		}
		made, refusal = call(ctx, Write{Account: op.Account, IdempotencyKey: op.ID}, params)
		return object(made, refusal)
	}, func(tx Store) error {
		s.date(made, w.target)
		return s.record(ctx, tx, op, made, w.owner)
	})
	switch {
	case refusal != nil:
		return none, errors.Join(err, s.refused(ctx, op, w.target, refusal))
	case err != nil:
		return none, err
	case op.State == OperationDone:
		return result[O](ctx, s, w.target.Kind, op)
	}
	return made, nil
}

// finished reports whether a keyed operation was carried out while its caller
// stood in line, and fills in how.
func finished[P any](ctx context.Context, s *Service, w write[P], op *Operation) (bool, error) {
	if !op.Keyed {
		return false, nil
	}
	now, _, err := persist(ctx, s, w)
	if err != nil || now.State != OperationDone {
		return false, err
	}
	*op = now
	return true, nil
}

// exclusively calls the provider while nobody else works on the target, and
// records its answer. The lock of an object that is only being made is not known
// before; until then the operation's stands for it. No answer means that there is
// nothing to record.
func (s *Service) exclusively(ctx context.Context, target Key, op Operation,
	call func(context.Context) (Object, error), record func(Store) error) error {
	var made Object
	ask := func(ctx context.Context) (err error) {
		made, err = call(ctx)
		return err
	}
	if target.ID != "" {
		return s.locked(ctx, target.String(), ask, record)
	}
	if err := s.locked(ctx, "operation/"+op.ID, ask, func(Store) error { return nil }); err != nil || made == nil {
		return err
	}
	return s.locked(ctx, made.Key().String(), func(context.Context) error { return nil }, record)
}

// carryOutUnmirrored is carryOut for what the store keeps no picture of.
func carryOutUnmirrored[P, R any](ctx context.Context, s *Service, w write[P], call func(context.Context, Write, P) (R, error)) (R, error) {
	var made R
	op, params, err := persist(ctx, s, w)
	if err != nil {
		return made, err
	}
	made, err = call(ctx, Write{Account: op.Account, IdempotencyKey: op.ID}, params)
	if err != nil {
		return made, errors.Join(err, s.refused(ctx, op, w.target, err))
	}
	return made, s.store.InTx(ctx, func(tx Store) error {
		if err := tx.FinishOperation(ctx, op.ID, OperationDone, w.target.ID); err != nil {
			return err
		}
		return s.audit(ctx, tx, op.Name, w.target.String(), nil, nil)
	})
}

// persist stores the intent, or finds it with the parameters it was stored with.
func persist[P any](ctx context.Context, s *Service, w write[P]) (Operation, P, error) {
	params := w.params
	raw, err := json.Marshal(params)
	if err != nil {
		return Operation{}, params, frontdesk.Errorf(frontdesk.Internal, "encoding the parameters: %w", err)
	}
	op := Operation{
		Name: w.op, Account: w.target.Account, Client: w.owner.client, Intent: w.intent + w.key, Keyed: w.intent+w.key != "",
		Params: raw, CreatedAt: s.now(),
	}
	if !op.Keyed {
		op.Intent = w.target.String() + " " + fingerprint(raw)
	}
	op, err = s.store.BeginOperation(ctx, op)
	if err != nil {
		return op, params, err
	}
	if w.key != "" && !bytes.Equal(op.Params, raw) {
		return op, params, frontdesk.InvalidField("key", "was used with other parameters")
	}
	var stored P
	if err := json.Unmarshal(op.Params, &stored); err != nil {
		return op, params, frontdesk.Errorf(frontdesk.Internal, "decoding the parameters: %w", err)
	}
	return op, stored, nil
}

// fingerprint is equal for equal parameters.
func fingerprint(params []byte) string {
	sum := sha256.Sum256(params)
	return hex.EncodeToString(sum[:16])
}

// record writes what the provider answered.
func (s *Service) record(ctx context.Context, tx Store, op Operation, made Object, o owner) error {
	switch made := made.(type) {
	case *Customer:
		if _, err := s.link(ctx, tx, made.Ref, o.client); err != nil {
			return err
		}
	case *Account:
		if _, err := s.linkAccount(ctx, tx, made.ID, o.expert); err != nil {
			return err
		}
	}
	if _, err := s.apply(ctx, tx, made, o); err != nil {
		return err
	}
	if err := tx.FinishOperation(ctx, op.ID, OperationDone, made.Head().ID); err != nil {
		return err
	}
	return s.audit(ctx, tx, op.Name, made.Key().String(), nil, facts(made))
}

// date gives an answer its version. It bears no event's time, so it does not
// outrank the events to come; when they are all that is applied, it does not
// outrank those of its second either. Nor does the answer that made an object:
// whatever is known of it by now was seen later.
func (s *Service) date(o Object, target Key) {
	h := o.Head()
	h.Version = Version{At: h.Created, Rank: RankRead}
	if s.options.PayloadOnly || target.ID == "" {
		h.Version.Rank = 0
	}
}

// refused ends an intent that the provider has turned down, and audits it.
func (s *Service) refused(ctx context.Context, op Operation, target Key, cause error) error {
	if !final(frontdesk.CodeOf(cause)) {
		return nil
	}
	return s.store.InTx(ctx, func(tx Store) error {
		if err := tx.FinishOperation(ctx, op.ID, OperationFailed, ""); err != nil {
			return err
		}
		return s.audit(ctx, tx, op.Name, target.String(), cause, nil)
	})
}

// final reports whether the code means that nothing was done and that trying
// the same again would not help.
func final(c frontdesk.Code) bool {
	switch c {
	case frontdesk.Invalid, frontdesk.NotFound, frontdesk.AlreadyExists, frontdesk.PermissionDenied,
		frontdesk.FailedPrecondition, frontdesk.Declined, frontdesk.QuotaExceeded, frontdesk.Unimplemented:
		return true
	}
	return false
}

// result is what an intent that was carried out before has made.
func result[O Object](ctx context.Context, s *Service, kind Kind, op Operation) (O, error) {
	k := Key{kind, Ref{op.Account, op.Result}}
	if kind == KindAccount {
		k.Ref = AccountRef(op.Result)
	}
	o, err := s.store.Object(ctx, k)
	if err != nil {
		var none O
		return none, err
	}
	return o.(O), nil
}
