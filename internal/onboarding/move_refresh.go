package onboarding

import (
	"context"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// RefreshKYC tells Paxos that a person's details were checked and that nothing has changed. Invalid with the field
// last_kyc_refresh_date where the day cannot be, and with backdated where it lies so far back that it must be confirmed, and is not.
// A second click gives what the first has queued.
func (d *Desk) RefreshKYC(ctx context.Context, a access.Actor, id string, done time.Time, backdated bool) (identity.OurMove, error) {
	ask := identity.CorrectionAsk{Send: identity.Correction{RefreshedAt: done}}
	m, err := d.refreshKYC(ctx, a, id, ask, backdated)
	if err != nil {
		return d.secondClick(ctx, a, id, identity.MoveRefresh, ask, err)
	}
	return m, nil
}

func (d *Desk) refreshKYC(ctx context.Context, a access.Actor, id string, ask identity.CorrectionAsk, backdated bool) (identity.OurMove, error) {
	i, err := d.correctable(ctx, a, id, identity.MoveRefresh)
	if err != nil {
		return identity.OurMove{}, err
	}
	wrong := map[string]string{}
	backdated, err = d.checkRefresh(ctx, i, ask.Send.RefreshedAt, backdated, wrong)
	if err != nil {
		return identity.OurMove{}, err
	}
	if len(wrong) > 0 {
		return identity.OurMove{}, fault.Fields("Nothing was sent to Paxos.", wrong)
	}
	return d.queueCorrection(ctx, a, i, identity.MoveRefresh, ask, backdated)
}

// checkRefresh adds what is wrong with the day of a refresh, and tells whether it is one that must be confirmed.
func (d *Desk) checkRefresh(ctx context.Context, i identity.Identity, done time.Time, confirmed bool, wrong map[string]string) (backdated bool, err error) {
	told, err := d.o.Store.RefreshTold(ctx, i.ID)
	if err != nil {
		return false, err
	}
	var last time.Time
	if told.LastAt != nil {
		last = *told.LastAt
	}
	if text := i.CheckRefreshedAt(done, last, d.o.Now()); text != "" {
		wrong[identity.FieldRefreshedAt] = text
		return false, nil
	}
	doubt := i.DoubtRefreshedAt(done, last, d.o.Now())
	if doubt != "" && !confirmed {
		wrong["backdated"] = doubt
	}
	return doubt != "", nil
}
