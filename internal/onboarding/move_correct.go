package onboarding

import (
	"context"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// CorrectionOpenFor is how long a form stays good that was filled with what Paxos holds.
const CorrectionOpenFor = 30 * time.Minute

// lookWithin bounds how long a last look at Paxos may take before a correction is queued: the worker looks again.
const lookWithin = 5 * time.Second

// CorrectionBase is what a form was filled with. It travels through the browser; Mark keeps it from being changed on the way.
type CorrectionBase struct {
	Held     identity.Draft
	Status   identity.Status // Paxos', at that moment
	OpenedAt time.Time
	Mark     string
}

// Correction is a change that somebody wants to be made of what Paxos holds of a person.
type Correction struct {
	Base        CorrectionBase
	After       identity.Draft
	RefreshedAt time.Time // the day of a KYC refresh; zero for a correction alone
	Backdated   bool      // it was confirmed that the day is meant, though it lies back
}

// CorrectionPlan is exactly what will be sent.
type CorrectionPlan struct {
	Send           identity.Correction
	Shifts         []identity.Shift
	MayVerifyAgain bool
	Backdated      bool // the day of the refresh had to be confirmed, and was
}

// OpenCorrection gives what Paxos holds of a person, for a form that changes it. It counts as a reveal of everything: the reason is
// asked for, the audit entry is written before the answer, and the quota is the reveals'. For k the actor needs the permission.
func (d *Desk) OpenCorrection(ctx context.Context, a access.Actor, id string, k identity.MoveKind, ask identity.RevealAsk) (CorrectionBase, error) {
	var base CorrectionBase
	i, err := d.correctable(ctx, a, id, k)
	if err != nil {
		return base, err
	}
	if err := permit(a, access.Reveal); err != nil {
		return base, err
	}
	e, err := d.wholeReveal(ctx, a, i.ID, ask)
	if err != nil {
		return base, err
	}
	reading, cancel := context.WithTimeout(ctx, revealWithin)
	defer cancel()
	held, status, err := d.o.Details.Held(reading, i.PaxosID)
	if err != nil {
		return base, d.unrevealed(ctx, e, unanswered(err))
	}
	e.Detail = shownLive
	if err := d.recordReveal(ctx, e); err != nil {
		return base, err
	}
	base.Held, base.Status = held, status
	base.OpenedAt = d.o.Now().UTC().Truncate(time.Second)
	base.Mark, err = d.markOf(a, i.ID, base)
	return base, err
}

// correctable finds a case whose record an actor may change at Paxos. Conflict also while a change of that kind is on its way: whatever
// somebody typed for a second one would be lost.
func (d *Desk) correctable(ctx context.Context, a access.Actor, id string, k identity.MoveKind) (identity.Identity, error) {
	if err := permit(a, permissionOf(k)); err != nil {
		return identity.Identity{}, err
	}
	i, err := d.o.Store.Identity(ctx, id)
	if err != nil {
		return i, err
	}
	if why := CannotCorrect(i); why != "" {
		return i, fault.New(fault.Conflict, why)
	}
	moves, err := d.o.Store.Moves(ctx, i.ID)
	if err != nil {
		return i, err
	}
	if m, open := identity.OnItsWay(moves, k); open {
		return i, &fault.Error{Kind: fault.Conflict, Code: "move_open", Text: m.OpenText(), Times: []time.Time{m.AskedAt}}
	}
	return i, nil
}

// CannotCorrect says why what Paxos holds of a case cannot be changed from here; empty where it can.
func CannotCorrect(i identity.Identity) string {
	if why := i.NotAtPaxos(); why != "" {
		return why
	}
	if i.Type != identity.Person {
		return "The details of an institution are not changed from here, and no KYC refresh of one is sent: do that at Paxos."
	}
	return ""
}

// markOf binds a form to the case, the person whom it was shown to, the moment, and what it was filled with.
func (d *Desk) markOf(a access.Actor, id string, b CorrectionBase) (string, error) {
	held, err := json.Marshal(b.Held)
	if err != nil {
		return "", errors.New("encode what Paxos holds")
	}
	text := strings.Join([]string{id, a.UserID, b.OpenedAt.UTC().Format(time.RFC3339), string(b.Status), string(held)}, "\n")
	return hex.EncodeToString(d.o.Index.Index("correction_base", text)), nil
}

// checkBase refuses a form that was not given out by [Desk.OpenCorrection] to this person for this case, or too long ago.
func (d *Desk) checkBase(a access.Actor, id string, b CorrectionBase) error {
	mark, err := d.markOf(a, id, b)
	if err != nil {
		return err
	}
	if subtle.ConstantTimeCompare([]byte(mark), []byte(b.Mark)) != 1 || d.o.Now().After(b.OpenedAt.Add(CorrectionOpenFor)) {
		return &fault.Error{
			Kind: fault.Conflict, Code: "form_expired",
			Text: fmt.Sprintf("A form is good for %d minutes, for you and this case alone. Nothing was sent. Open it again.", int(CorrectionOpenFor.Minutes())),
		}
	}
	return nil
}

// PlanCorrection says exactly what would be sent. Invalid with Fields where something of it is wrong, and where nothing would be sent.
func (d *Desk) PlanCorrection(ctx context.Context, a access.Actor, id string, k identity.MoveKind, c Correction) (CorrectionPlan, error) {
	i, err := d.correctable(ctx, a, id, k)
	if err != nil {
		return CorrectionPlan{}, err
	}
	if err := d.checkBase(a, i.ID, c.Base); err != nil {
		return CorrectionPlan{}, err
	}
	wrong := identity.CheckCorrection(c.Base.Held, c.After, d.o.Now())
	send := identity.Correct(c.Base.Held, c.After)
	if send.Empty() && k == identity.MoveCorrect {
		return CorrectionPlan{}, fault.Fields("Nothing is changed yet. Change what is wrong, then go on.", wrong)
	}
	send.RefreshedAt = c.RefreshedAt
	backdated := false
	if k == identity.MoveRefresh {
		if backdated, err = d.checkRefresh(ctx, i, c.RefreshedAt, c.Backdated, wrong); err != nil {
			return CorrectionPlan{}, err
		}
	}
	if len(wrong) > 0 {
		return CorrectionPlan{}, fault.Fields("Some fields need another look before this can be sent to Paxos.", wrong)
	}
	return CorrectionPlan{Send: send, Shifts: send.Shifts(c.Base.Held), MayVerifyAgain: send.MayVerifyAgain(), Backdated: backdated}, nil
}

// SendCorrection queues what [Desk.PlanCorrection] has shown. A Conflict where Paxos' record has changed since the form was opened, as
// far as a quick look can tell: the worker looks again. A second click gives what the first has queued.
func (d *Desk) SendCorrection(ctx context.Context, a access.Actor, id string, k identity.MoveKind, c Correction) (identity.OurMove, error) {
	m, err := d.sendCorrection(ctx, a, id, k, c)
	if err != nil {
		return d.secondClick(ctx, a, id, k, c.ask(), err)
	}
	return m, nil
}

func (d *Desk) sendCorrection(ctx context.Context, a access.Actor, id string, k identity.MoveKind, c Correction) (identity.OurMove, error) {
	plan, err := d.PlanCorrection(ctx, a, id, k, c)
	if err != nil {
		return identity.OurMove{}, err
	}
	i, err := d.o.Store.Identity(ctx, id)
	if err != nil {
		return identity.OurMove{}, err
	}
	if err := d.unchanged(ctx, i, c.Base); err != nil {
		return identity.OurMove{}, err
	}
	return d.queueCorrection(ctx, a, i, k, identity.CorrectionAsk{Base: &c.Base.Held, Status: c.Base.Status, Send: plan.Send}, plan.Backdated)
}

// ask is what a correction asks of Paxos, whether it is right or not.
func (c Correction) ask() identity.CorrectionAsk {
	send := identity.Correct(c.Base.Held, c.After)
	send.RefreshedAt = c.RefreshedAt
	return identity.CorrectionAsk{Base: &c.Base.Held, Status: c.Base.Status, Send: send}
}

// secondClick gives what a first click has queued, where a second one was refused for what that has brought about: it is on its way, or
// Paxos' record is as it was to become.
func (d *Desk) secondClick(ctx context.Context, a access.Actor, id string, k identity.MoveKind, ask identity.CorrectionAsk, refused error) (identity.OurMove, error) {
	if fault.KindOf(refused) != fault.Conflict {
		return identity.OurMove{}, refused
	}
	m, payload, err := correctionMove(a, id, k, ask)
	if err != nil {
		return m, err
	}
	same, found, err := d.o.Store.SameMove(ctx, m, payload)
	if err != nil || found {
		return same, err
	}
	return identity.OurMove{}, refused
}

// correctionMove is a correction or a refresh with what is to be sent.
func correctionMove(a access.Actor, id string, k identity.MoveKind, ask identity.CorrectionAsk) (m identity.OurMove, payload []byte, err error) {
	if payload, err = json.Marshal(ask); err != nil {
		return m, nil, errors.New("encode a correction") // the cause may quote it
	}
	return identity.OurMove{IdentityID: id, Kind: k, About: ask.Send.About(), AskedBy: a.UserID, AskedByName: a.Name}, payload, nil
}

// unchanged looks whether Paxos still holds what the form was filled with, in the same status: after a decision of Paxos' somebody may want
// something else. No details are shown. Where Paxos does not answer, the worker finds out.
func (d *Desk) unchanged(ctx context.Context, i identity.Identity, base CorrectionBase) error {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	now, status, err := d.o.Details.Held(ctx, i.PaxosID)
	if err != nil {
		return nil
	}
	what := ""
	switch {
	case status != base.Status:
		what = fmt.Sprintf("The status at Paxos has changed from %s to %s", base.Status, status)
	case !identity.Correct(base.Held, now).Empty():
		what = "Paxos' record has changed"
	default:
		return nil
	}
	return &fault.Error{
		Kind: fault.Conflict, Code: identity.ChangedAtPaxos,
		Text: what + " since you opened the form. Nothing was sent. Open the form again, and look at what it holds now.",
	}
}

// queueCorrection queues a correction or a refresh. The audit entry names the fields, and of values the day of a refresh alone.
func (d *Desk) queueCorrection(
	ctx context.Context, a access.Actor, i identity.Identity, k identity.MoveKind, ask identity.CorrectionAsk, backdated bool,
) (identity.OurMove, error) {
	m, payload, err := correctionMove(a, i.ID, k, ask)
	if err != nil {
		return m, err
	}
	if backdated {
		m.About = append(m.About, identity.AboutBackdated)
	}
	action := audit.Corrected
	if k == identity.MoveRefresh {
		action = audit.Refreshed
	}
	e := entry(a, action, i.ID)
	e.Detail = strings.Join(m.About, ", ")
	return d.o.Store.QueueMove(ctx, m, payload, e)
}
