package frontdesk_test

import (
	"context"
	"errors"
	"testing"

	"github.com/frontdesk-go/frontdesk"
)

var nowhere frontdesk.Origin

func TestAccessIsDeniedUnlessTheActorHasARightToIt(t *testing.T) {
	const none, read, write = "none", "read", "write"
	supporting := func(a frontdesk.Actor) frontdesk.Actor { a.OnBehalfOf = "ann"; return a }
	colleague := frontdesk.Actor{ID: "bob", Role: frontdesk.RoleClient, ClientID: "acme"}
	tests := []struct {
		rule                string
		actor               frontdesk.Actor
		acme, globex, empty string
	}{
		{"the zero actor may do nothing", frontdesk.Actor{}, none, none, none},
		{"a client may write what is its own", frontdesk.Client("acme", nowhere), write, none, none},
		{"any person of a client may write what is its own", colleague, write, none, none},
		{"a client's id decides, not the person's", frontdesk.Actor{ID: "acme", Role: frontdesk.RoleClient, ClientID: "globex"}, none, write, none},
		{"an expert may do nothing", frontdesk.Expert("nina", nowhere), none, none, none},
		{"an expert with a client's id may do nothing", frontdesk.Actor{ID: "nina", Role: frontdesk.RoleExpert, ExpertID: "nina", ClientID: "acme"}, none, none, none},
		{"an administrator may write everything", frontdesk.Admin("root", nowhere), write, write, none},
		{"the system may write everything", frontdesk.System("reconcile"), write, write, none},
		{"an administrator on behalf of somebody may read", supporting(frontdesk.Admin("root", nowhere)), read, read, none},
		{"the system on behalf of somebody may read", supporting(frontdesk.System("export")), read, read, none},
		{"a client on behalf of somebody may read what is its own", supporting(frontdesk.Client("acme", nowhere)), read, none, none},
		{"an actor without an id may do nothing", frontdesk.Admin("", nowhere), none, none, none},
		{"a client without a client's id may do nothing", frontdesk.Actor{ID: "ann", Role: frontdesk.RoleClient}, none, none, none},
		{"an actor without a role may do nothing", frontdesk.Actor{ID: "ann", ClientID: "acme"}, none, none, none},
		{"an unknown role may do nothing", frontdesk.Actor{ID: "ann", Role: "owner", ClientID: "acme"}, none, none, none},
		{"a role in capitals may do nothing", frontdesk.Actor{ID: "root", Role: "ADMIN"}, none, none, none},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			for client, want := range map[string]string{"acme": test.acme, "globex": test.globex, "": test.empty} {
				if got := right(test.actor.MayRead(client), test.actor.MayWrite(client)); got != want {
					t.Errorf("access to client %q is %s, want %s", client, got, want)
				}
			}
		})
	}
}

func TestAccessToAnExpertIsDeniedUnlessTheActorHasARightToIt(t *testing.T) {
	const none, read, write = "none", "read", "write"
	supporting := func(a frontdesk.Actor) frontdesk.Actor { a.OnBehalfOf = "nina"; return a }
	colleague := frontdesk.Actor{ID: "bob", Role: frontdesk.RoleExpert, ExpertID: "nina"}
	tests := []struct {
		rule              string
		actor             frontdesk.Actor
		nina, omar, empty string
	}{
		{"the zero actor may do nothing", frontdesk.Actor{}, none, none, none},
		{"an expert may write what is its own", frontdesk.Expert("nina", nowhere), write, none, none},
		{"any person of an expert may write what is its own", colleague, write, none, none},
		{"an expert's id decides, not the person's", frontdesk.Actor{ID: "nina", Role: frontdesk.RoleExpert, ExpertID: "omar"}, none, write, none},
		{"a client may do nothing", frontdesk.Client("acme", nowhere), none, none, none},
		{"a client with an expert's id may do nothing", frontdesk.Actor{ID: "ann", Role: frontdesk.RoleClient, ClientID: "acme", ExpertID: "nina"}, none, none, none},
		{"a client who has the name of an expert may do nothing", frontdesk.Client("nina", nowhere), none, none, none},
		{"an administrator may write everything", frontdesk.Admin("root", nowhere), write, write, none},
		{"the system may write everything", frontdesk.System("payouts"), write, write, none},
		{"an administrator on behalf of somebody may read", supporting(frontdesk.Admin("root", nowhere)), read, read, none},
		{"the system on behalf of somebody may read", supporting(frontdesk.System("export")), read, read, none},
		{"an expert on behalf of somebody may read what is its own", supporting(frontdesk.Expert("nina", nowhere)), read, none, none},
		{"an actor without an id may do nothing", frontdesk.Admin("", nowhere), none, none, none},
		{"an expert without an expert's id may do nothing", frontdesk.Actor{ID: "nina", Role: frontdesk.RoleExpert}, none, none, none},
		{"an actor without a role may do nothing", frontdesk.Actor{ID: "nina", ExpertID: "nina"}, none, none, none},
		{"an unknown role may do nothing", frontdesk.Actor{ID: "nina", Role: "owner", ExpertID: "nina"}, none, none, none},
		{"a role in capitals may do nothing", frontdesk.Actor{ID: "nina", Role: "EXPERT", ExpertID: "nina"}, none, none, none},
	}
	for _, test := range tests {
		t.Run(test.rule, func(t *testing.T) {
			for expert, want := range map[string]string{"nina": test.nina, "omar": test.omar, "": test.empty} {
				if got := right(test.actor.MayReadExpert(expert), test.actor.MayWriteExpert(expert)); got != want {
					t.Errorf("access to expert %q is %s, want %s", expert, got, want)
				}
			}
		})
	}
}

// right names what the two answers allow.
func right(mayRead, mayWrite bool) string {
	switch {
	case mayRead && mayWrite:
		return "write"
	case mayRead:
		return "read"
	case mayWrite:
		return "write without read"
	}
	return "none"
}

func TestValid(t *testing.T) {
	for _, a := range []frontdesk.Actor{
		frontdesk.Client("acme", nowhere), frontdesk.Expert("nina", nowhere),
		frontdesk.Admin("root", nowhere), frontdesk.System("reconcile"),
	} {
		if !a.Valid() {
			t.Errorf("%+v is not valid", a)
		}
	}
	for _, a := range []frontdesk.Actor{
		{}, {ID: "ann"}, {Role: frontdesk.RoleAdmin}, {Role: frontdesk.RoleSystem}, {ID: "ann", Role: "owner"},
		{ID: "ann", Role: frontdesk.RoleClient}, {ID: "ann", Role: frontdesk.RoleClient, ExpertID: "ann"},
		{ID: "ann", Role: frontdesk.RoleExpert}, {ID: "ann", Role: frontdesk.RoleExpert, ClientID: "ann"},
		frontdesk.Client("", nowhere), frontdesk.Expert("", nowhere), frontdesk.System(""),
		{Role: frontdesk.RoleClient, ClientID: "acme"}, {Role: frontdesk.RoleExpert, ExpertID: "nina"},
	} {
		if a.Valid() {
			t.Errorf("%+v is valid", a)
		}
	}
}

func TestActorsKeepTheirOrigin(t *testing.T) {
	from := frontdesk.Origin{RequestID: "r1"}
	for _, a := range []frontdesk.Actor{
		frontdesk.Client("acme", from), frontdesk.Expert("nina", from), frontdesk.Admin("root", from),
	} {
		if a.Origin != from {
			t.Errorf("%+v has lost its origin", a)
		}
	}
}

func TestActorFrom(t *testing.T) {
	ctx := t.Context()
	acme := frontdesk.Client("acme", nowhere)

	t.Run("returns the actor that was put in", func(t *testing.T) {
		if got, err := frontdesk.ActorFrom(frontdesk.WithActor(ctx, acme)); err != nil || got != acme {
			t.Errorf("got %+v, %v", got, err)
		}
	})

	t.Run("returns the one that was put in last", func(t *testing.T) {
		outer := frontdesk.WithActor(ctx, frontdesk.Admin("root", nowhere))
		if got, err := frontdesk.ActorFrom(frontdesk.WithActor(outer, acme)); err != nil || got != acme {
			t.Errorf("got %+v, %v", got, err)
		}
	})

	refused := map[string]context.Context{
		"refuses a context without an actor": ctx,
		"refuses an actor that is not valid": frontdesk.WithActor(ctx, frontdesk.Client("", nowhere)),
		"refuses the zero actor, even over a valid one": frontdesk.WithActor(
			frontdesk.WithActor(ctx, acme), frontdesk.Actor{}),
	}
	for rule, ctx := range refused {
		t.Run(rule, func(t *testing.T) {
			got, err := frontdesk.ActorFrom(ctx)
			if got != (frontdesk.Actor{}) || !errors.Is(err, frontdesk.Unauthenticated) {
				t.Errorf("got %+v, %v", got, err)
			}
			if e, _ := errors.AsType[*frontdesk.Error](err); e == nil || e.Message != "sign in first" {
				t.Errorf("the message for people is that of %#v", e)
			}
		})
	}
}
