package store

import (
	"encoding/json"
	"errors"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/proposal"
)

// refuseControl refuses a change of controls that could not be sent, or that would meet another on its way.
func (t *tx) refuseControl(r row) error {
	if why := r.NotAtPaxos(); why != "" {
		return fault.New(fault.Conflict, why)
	}
	return t.refuseSecond(r.ID, identity.OurMove{Kind: identity.MoveControl})
}

// controlApproved queues what was approved; what the maker asked for is sent as it was read by whoever agreed.
func (t *tx) controlApproved(p proposal.Proposal, payload []byte, r row, approval audit.Entry) error {
	var change identity.ControlChange
	if json.Unmarshal(payload, &change) != nil { // the cause may quote what it could not read
		return errors.New("decode a proposed control")
	}
	e := approval
	e.Action, e.Detail, e.ReasonCode, e.Reason, e.Before, e.After = audit.ChangedControl, change.Type, p.ReasonCode, "", "", ""
	if change.End != "" {
		e.Before = change.Type
	} else {
		e.After = change.Type
	}
	m, err := t.queueMove(identity.OurMove{
		IdentityID: r.ID, Kind: identity.MoveControl, About: change.About(), AskedBy: p.MakerID, AskedByName: p.MakerName,
	}, payload, e)
	if err != nil {
		return err
	}
	return t.insertSteps(m.ID, []identity.MoveStep{{At: t.now, Step: identity.StepApproved, By: approval.ActorID}})
}

// proposalDone marks the proposal as done whose move Paxos has done. Approving it and asking for the move was one moment.
func (t *tx) proposalDone(m identity.OurMove) error {
	if m.Kind != identity.MoveControl {
		return nil
	}
	return t.exec(`UPDATE proposals SET state = $3 WHERE identity_id = $1 AND kind = $4 AND state = $5 AND ended_at = $2`,
		m.IdentityID, m.AskedAt.UnixMilli(), string(proposal.Done), string(proposal.Control), string(proposal.Approved))
}
