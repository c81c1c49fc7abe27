package emulator

import (
	"context"
	"slices"
	"strings"
	"time"
)

// The fates of an identity's webhooks; empty means delivered once, at once.
const (
	fateLost  = "lost"
	fateTwice = "twice"
	fateLate  = "late"
)

// lateBy is how long a late webhook takes.
const lateBy = 45 * time.Second

// lookAgain is how often an institution's members are looked at, on top of DecideAfter.
const lookAgain = 5 * time.Second

// twicePrefix rehearses that documents are asked for a second time.
const twicePrefix = "Eddtwice"

// rehearsal is a surname prefix that chooses what becomes of a new person.
type rehearsal struct {
	Prefix, Says string
	do           string // instead of the decision; empty keeps it
	fate         string
	wait         time.Duration // on top of DecideAfter
}

// rehearsals is the table that the emulator's page lists.
func rehearsals() []rehearsal {
	return []rehearsal{
		{Prefix: "Edd", Says: "documents are asked for (enhanced due diligence); once they came, approved", do: actDocuments},
		{Prefix: twicePrefix, Says: "the same, but the first documents are not accepted", do: actDocuments},
		{Prefix: "Sanction", Says: "possible hit: sanctions ERROR, held for manual review", do: actHold},
		{Prefix: "Compliance", Says: "a compliance review at Paxos", do: actCompliance},
		{Prefix: "Tax", Says: "the tax number is not found, awaiting the client", do: actTax},
		{Prefix: "Silent", Says: "nothing happens and nothing explains why", do: actSilence},
		{Prefix: "Denied", Says: "denied", do: actDeny},
		{Prefix: "Frozen", Says: "status ERROR, which no event tells", do: actFreeze},
		{Prefix: "Slow", Says: "approved after two minutes", wait: 2 * time.Minute},
		{Prefix: "Lost", Says: "decided, but the webhook is lost", fate: fateLost},
		{Prefix: "Twice", Says: "decided, and the webhook comes twice", fate: fateTwice},
		{Prefix: "Late", Says: "decided, and the webhook comes 45 seconds late", fate: fateLate},
	}
}

// fateOf plans the life of a new or changed identity: decided after DecideAfter
// as its passthrough status says, unless its surname rehearses something else.
func (e *Emulator) fateOf(rec *record, now time.Time) (fate string, plan []step) {
	do, wait := actApprove, e.opts.DecideAfter
	if p := rec.details.Person; p != nil {
		if p.PassthroughStatus == statusDenied {
			do = actDeny
		}
		for _, r := range rehearsals() {
			if strings.HasPrefix(p.LastName, r.Prefix) {
				do, fate, wait = orElse(r.do, do), r.fate, wait+e.scaled(r.wait)
			}
		}
	}
	return fate, []step{{At: now.Add(wait), Do: do}}
}

// schedule puts an identity on the agenda for its next step. The caller holds the lock.
func (e *Emulator) schedule(rec *record) {
	if len(rec.Plan) == 0 {
		return
	}
	e.agenda.add(appointment{at: rec.Plan[0].At, id: rec.ID})
	wake(e.wakeLives)
}

// live plays the lives until ctx ends.
func (e *Emulator) live(ctx context.Context) {
	for wait := time.Duration(0); pause(ctx, wait, e.wakeLives); {
		wait = e.playDue()
	}
}

// playDue does every act that is due and says how long there is nothing to do.
func (e *Emulator) playDue() time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.now()
	for {
		a, ok := e.agenda.pop(now)
		if !ok {
			return e.agenda.wait(now)
		}
		e.play(e.data.byID[a.id], now)
		e.changed()
	}
}

// play does the due steps of one plan, and looks again while members are open.
func (e *Emulator) play(rec *record, now time.Time) {
	for len(rec.Plan) > 0 && !rec.Plan[0].At.After(now) {
		next := rec.Plan[0]
		rec.Plan = rec.Plan[1:]
		if !e.stillWaits(rec, next) {
			e.act(rec, next.Do, now)
		}
		if next.Do == actApprove && rec.requires(reqMembers) {
			rec.Plan = append(rec.Plan, e.nextLook(now))
		}
	}
	rec.stored = nil
	e.schedule(rec)
}

// nextLook is when the members of an institution are looked at again.
func (e *Emulator) nextLook(now time.Time) step {
	return step{At: now.Add(e.opts.DecideAfter + lookAgain), Do: actApprove}
}

// stillWaits says that an institution waits for its members as it did before,
// so that looking again changes nothing on it.
func (e *Emulator) stillWaits(rec *record, next step) bool {
	if next.Do != actApprove || !rec.requires(reqMembers) {
		return false
	}
	q, open := e.openMembers(rec)
	return open && slices.ContainsFunc(rec.Requirements, func(r requirement) bool { return r.Type == q.Type && r.Status == q.Status })
}

func without(plan []step, do string) []step {
	return slices.DeleteFunc(slices.Clone(plan), func(s step) bool { return s.Do == do })
}
