package onboarding

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

// Rehearse has statuses of an identity set by hand, which Paxos' sandbox and the emulator take alone. Conflict where that was asked for
// and is still on its way, and where Paxos does not hold the identity.
func (d *Desk) Rehearse(ctx context.Context, a access.Actor, id string, s identity.SandboxStatus) error {
	if err := permit(a, access.Rehearse); err != nil {
		return err
	}
	payload, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encode a rehearsal: %w", err)
	}
	_, err = d.o.Store.QueueMove(ctx, identity.OurMove{
		IdentityID: id, Kind: identity.MoveRehearse, About: s.About(), AskedBy: a.UserID, AskedByName: a.Name,
	}, payload, entry(a, audit.Rehearsed, id))
	return err
}

// canRehearse reports whether an actor may rehearse with a case, where rehearsals take place.
func canRehearse(a access.Actor, c Case) bool {
	onItsWay := slices.ContainsFunc(c.Moves, func(m MoveView) bool { return m.Kind == identity.MoveRehearse && m.State.Open() })
	return a.Can(access.Rehearse) && c.Identity.NotAtPaxos() == "" && !onItsWay
}
