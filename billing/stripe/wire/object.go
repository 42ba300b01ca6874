package wire

import (
	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// objectJSON is what Stripe's objects share.
type objectJSON struct {
	ID       id                `json:"id"`
	Object   string            `json:"object"`
	Customer id                `json:"customer"`
	Created  unix              `json:"created"`
	Deleted  bool              `json:"deleted"`
	Metadata map[string]string `json:"metadata"`
}

func (o *objectJSON) ref(account string) billing.Ref {
	return billing.Ref{Account: account, ID: string(o.ID)}
}

func (o *objectJSON) header(account string) billing.Header {
	return billing.Header{
		Ref:      o.ref(account),
		Customer: string(o.Customer),
		Created:  o.Created.time(),
		Deleted:  o.Deleted,
		Metadata: o.Metadata,
	}
}

func (o *objectJSON) shared() *objectJSON { return o }

// read decodes raw and checks that it is what it should be. Objects that are
// nested in others may go without the object's name.
func read(raw []byte, name string, v interface{ shared() *objectJSON }) error {
	if err := unmarshal(raw, v); err != nil {
		return err
	}
	return v.shared().check(raw, name)
}

func (o *objectJSON) check(raw []byte, name string) error {
	switch {
	case !isObject(raw) || o.Object != "" && o.Object != name:
		return frontdesk.Errorf(frontdesk.Invalid, "Stripe's object must be a %s", name)
	case o.ID == "":
		return frontdesk.Errorf(frontdesk.Invalid, "Stripe's %s has no id", name)
	}
	return nil
}

func isObject(raw []byte) bool {
	s := scanner{data: raw}
	s.space()
	return s.peek() == '{'
}

// invalid names the object whose amounts do not fit.
func invalid(name string, err error) error {
	return frontdesk.Errorf(frontdesk.Invalid, "Stripe's %s has an amount that cannot be kept: %w", name, err)
}
