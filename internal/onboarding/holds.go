package onboarding

import (
	"context"
	"strings"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// holds is what legal holds, and what was erased, need of the cache.
type holds interface {
	Hold(ctx context.Context, id string, h identity.Hold, e audit.Entry) error
	LetGo(ctx context.Context, id string, e audit.Entry) error
	HoldOf(ctx context.Context, id string) (*identity.Hold, error)
	ErasedRefID(ctx context.Context, refID string) (*time.Time, error)
	ErasedRefIDs(ctx context.Context, refIDs []string) (map[string]time.Time, error)
}

// Hold keeps a case from being erased, by people or by time, until it is let go. Invalid with fields "reason_code" and "reason";
// Conflict where it is on hold already, or erased.
func (d *Desk) Hold(ctx context.Context, a access.Actor, id, reasonCode, reason string) error {
	if err := permit(a, access.HoldCases); err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	wrong := map[string]string{}
	if !identity.HasHoldReason(reasonCode) {
		wrong["reason_code"] = identity.ChooseHoldReason()
	}
	if text := identity.CheckText(reason, identity.MaxReason); text != "" {
		wrong["reason"] = text
	}
	if len(wrong) > 0 {
		return fault.Fields("The case was not put on hold.", wrong)
	}
	e := entry(a, audit.Held, id)
	e.ReasonCode, e.Reason = reasonCode, reason
	return d.o.Store.Hold(ctx, id, identity.Hold{ByID: a.UserID, ByName: a.Name, ReasonCode: reasonCode, Reason: reason}, e)
}

// LetGo ends the hold on a case. Invalid with field "reason"; Conflict where there is none.
func (d *Desk) LetGo(ctx context.Context, a access.Actor, id, reason string) error {
	if err := permit(a, access.HoldCases); err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	if text := identity.CheckText(reason, identity.MaxReason); text != "" {
		return fault.Fields("The case stays on hold.", map[string]string{"reason": text})
	}
	e := entry(a, audit.LetGo, id)
	e.Reason = reason
	return d.o.Store.LetGo(ctx, id, e)
}
