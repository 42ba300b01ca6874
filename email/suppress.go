package email

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"github.com/frontdesk-go/frontdesk"
)

// Suppress stops mails to an address, for the reason that detail tells. An address
// that is suppressed already stays as it is. It is for administrators and the system.
func (s *Service) Suppress(ctx context.Context, address, detail string) (err error) {
	const op = "email.Suppress"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	address = normal(address)
	if err := s.permit(ctx, op, resource(address), "", toOperate); err != nil {
		return err
	}
	if !isAddress(address) {
		return frontdesk.InvalidField("address", "is not an email address")
	}
	if err := validLine("detail", detail); err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx Store) error {
		_, err := tx.Suppress(ctx, Suppression{Address: address, Reason: ReasonManual, Since: s.now(), Detail: bounded(detail)})
		if err != nil {
			return err
		}
		return s.audit(ctx, tx, op, resource(address), nil, map[string]string{"reason": string(ReasonManual)})
	})
}

// Unsuppress lets an address get mails again; NotFound when it was not suppressed. It is for
// administrators and the system.
func (s *Service) Unsuppress(ctx context.Context, address string) (err error) {
	const op = "email.Unsuppress"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	address = normal(address)
	if err := s.permit(ctx, op, resource(address), "", toOperate); err != nil {
		return err
	}
	return s.store.InTx(ctx, func(tx Store) error {
		if err := tx.Unsuppress(ctx, address); err != nil {
			return err
		}
		return s.audit(ctx, tx, op, resource(address), nil, nil)
	})
}

// Suppressions lists the suppressed addresses in alphabetical order. It is for
// administrators and the system.
func (s *Service) Suppressions(ctx context.Context, f SuppressionFilter) (all []Suppression, err error) {
	const op = "email.Suppressions"
	ctx, end := s.begin(ctx, op)
	defer end(&err)
	if err := s.permit(ctx, op, "suppressions", "", toOperate); err != nil {
		return nil, err
	}
	if err := validLimit(f.Limit); err != nil {
		return nil, err
	}
	addresses := make([]string, len(f.Addresses))
	for i, a := range f.Addresses {
		addresses[i] = normal(a)
	}
	f.Addresses, f.After = addresses, normal(f.After)
	return s.store.Suppressions(ctx, f)
}

// resource names an address in the audit log, which holds no personal data: the same
// address has the same name there.
func resource(address string) string {
	sum := sha256.Sum256([]byte(address))
	return "suppression:" + hex.EncodeToString(sum[:8])
}
