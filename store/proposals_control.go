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
	m := identity.OurMove{IdentityID: r.ID, Kind: identity.MoveControl, About: change.About(), AskedBy: p.MakerID, AskedByName: p.MakerName}
	m, err := t.queueMove(m.Approve(p.At, approval.ActorID, t.now), payload, e)
	if err != nil {
		return err
	}
	return t.exec(`UPDATE proposals SET move_id = $2 WHERE id = $1`, p.ID, m.ID)
}

// aboutProposed are the codes of what a proposal does; none for a kind that has one meaning.
func aboutProposed(k proposal.Kind, payload []byte) []string {
	var change identity.ControlChange
	if k != proposal.Control || json.Unmarshal(payload, &change) != nil {
		return nil
	}
	return change.About()
}

// settleProposal ends the proposal behind a move that has ended for good: what was approved is done, or nobody goes on with it.
func (t *tx) settleProposal(m identity.OurMove) error {
	if m.Kind != identity.MoveControl {
		return nil
	}
	became := proposal.Undone
	if m.State == identity.MoveDone {
		became = proposal.Done
	}
	return t.exec(settleQuery, m.ID, string(became))
}

const settleQuery = `UPDATE proposals SET state = $2 WHERE move_id = $1 AND state = 'approved'`
