package main

import (
	"context"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// linkTime bounds what an emulator has to tell of the demo's accounts before the
// portal opens.
const linkTime = 5 * time.Second

// openDemo gives the demo's people what they have at the provider. On a database that
// knows them from an earlier start, the past is what is kept there.
func (p *portal) openDemo(ctx context.Context, clock *demoClock, links billing.AccountLinks) error {
	known, err := links.LinkedAccounts(ctx, "", 1)
	if err != nil {
		return err
	}
	if p.fake != nil {
		if err := seedPast(ctx, &history{Provider: p.fake, clock: clock}, len(known) == 0); err != nil {
			return err
		}
	}
	return p.linkPeople(ctx)
}

// linkPeople ties the demo's people to their customers and accounts at the provider.
// Nobody does that by hand for those who come through the portal itself.
func (p *portal) linkPeople(ctx context.Context) error {
	ctx = frontdesk.WithActor(ctx, frontdesk.System("demo"))
	for _, who := range people(demoPeople).clients() {
		if err := p.pay.LinkCustomer(ctx, who.ID, who.Customer); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, linkTime)
	defer cancel()
	for _, who := range people(demoPeople).experts() {
		if err := p.pay.LinkAccount(ctx, who.ID, who.Account); err != nil {
			// The link is made before the account is read, which an emulator may not have.
			p.log.WarnContext(ctx, "account of the demo not read", "account", who.Account, "error", err)
		}
	}
	return nil
}
