package store

import (
	"context"
	"encoding/json"

	"github.com/frontdesk-go/frontdesk"
)

// Audit appends to the audit log. Nothing here changes or deletes what is in it.
func (s session) Audit(ctx context.Context, e frontdesk.AuditEvent) error {
	before, err := fields(e.Before)
	if err != nil {
		return err
	}
	after, err := fields(e.After)
	if err != nil {
		return err
	}
	a, ip := e.Actor, ""
	if a.Origin.IP.IsValid() {
		ip = a.Origin.IP.String()
	}
	return s.write(ctx, func(q queries) error {
		_, err := q.exec(ctx, `INSERT INTO frontdesk_audit (time, actor, role, client, expert, on_behalf_of, ip, user_agent, request_id,
			action, resource, outcome, before, after) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			micros(e.Time), storable(a.ID), string(a.Role), storable(a.ClientID), storable(a.ExpertID), storable(a.OnBehalfOf),
			ip, storable(a.Origin.UserAgent), storable(a.Origin.RequestID),
			e.Action, storable(e.Resource), string(e.Outcome), before, after)
		return err
	})
}

// fields is a JSON object, or nothing.
func fields(changed map[string]string) (string, error) {
	if len(changed) == 0 {
		return "", nil
	}
	text, err := json.Marshal(changed)
	return string(text), err
}
