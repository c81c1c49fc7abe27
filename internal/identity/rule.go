package identity

import "time"

// Verdict is what the stuck rule says of a case at one moment.
type Verdict struct {
	Lane         Lane
	Move         Move
	MoveSince    time.Time  // when the move last changed hands
	PendingSince *time.Time // nil unless Paxos has answered and not decided
	DueAt        *time.Time // when the present move is late; nil where nobody has one
	WarnAt       *time.Time // when three quarters of the time until then are over; nil where DueAt is
	TurnAt       *time.Time // when time alone changes the lane; nil where it never does
}

// Assess is the stuck rule: which lane a case is in, whose move it is, since when, and when it is late. It reads what was
// stored of the last verdict (Move, MoveSince, PendingSince), so that a clock keeps running while the move stays with one
// party. At the very moment of DueAt or TurnAt the time has come.
func Assess(i Identity, p Policy, now time.Time) Verdict { return assess(i, p, now, time.Time{}) }

// Assessed is i with the verdict's fields set.
func (i Identity) Assessed(p Policy, now time.Time) Identity {
	return i.assessedAfter(p, now, time.Time{})
}

// assessedAfter is Assessed for a case that was changed at a moment: a move that changes hands by it starts then.
func (i Identity) assessedAfter(p Policy, now, changed time.Time) Identity {
	v := assess(i, p, now, changed)
	i.Lane, i.Move, i.MoveSince = v.Lane, v.Move, v.MoveSince
	i.PendingSince, i.DueAt, i.WarnAt, i.TurnAt = v.PendingSince, v.DueAt, v.WarnAt, v.TurnAt
	return i
}

// assess takes the lanes in the order of the rule; the first that fits wins.
func assess(i Identity, p Policy, now, changed time.Time) Verdict {
	r := rule{i: i, p: p, now: now, changed: changed}
	r.v.PendingSince = i.pendingSince()
	switch {
	case i.ErasedAt != nil: // nobody works what nobody may know
		r.decided()
	case i.Submission == Failed && i.LinkingSince != nil:
		r.linking()
	case i.Submission == Failed:
		r.limited(LaneFailed, Ours)
	case i.Submission.Waiting():
		r.onItsWay()
	case i.Submission == Withdrawn, i.Submission == Declined, i.Submission == Linked:
		r.decided()
	case i.Status == StatusError:
		r.frozen()
	case i.Status == Denied:
		r.decided()
	case i.needsUs():
		r.limited(LaneAction, Ours)
	case i.refreshOpen():
		r.refresh()
	case i.Status == Approved, i.Status == Disabled:
		r.decided()
	default:
		r.waiting()
	}
	return r.v
}

// rule is one run of the stuck rule.
type rule struct {
	i            Identity
	p            Policy
	now, changed time.Time
	v            Verdict
}

// limited is a lane that only news can end: the move has the policy's limit on its own party's calendar, the shortest of those
// of what blocks.
func (r *rule) limited(lane Lane, move Move) {
	r.take(lane, move)
	limit, calendar := r.limit()
	due, warn := limit.After(r.v.MoveSince, calendar), limit.warnAfter(r.v.MoveSince, calendar)
	r.v.DueAt, r.v.WarnAt = &due, &warn
}

// limit is the one that ends first, with the calendar that it runs on.
func (r *rule) limit() (Limit, Calendar) {
	calendar := r.p.Ours
	if r.v.Move == Paxos {
		calendar = r.p.Paxos
	}
	limits := r.limits()
	shortest := limits[0]
	for _, l := range limits[1:] {
		if l.After(r.v.MoveSince, calendar).Before(shortest.After(r.v.MoveSince, calendar)) {
			shortest = l
		}
	}
	return shortest, calendar
}

// limits are those of what awaits the party whose move it is; the policy's general one where nothing does. A KYC refresh in time
// has a term of its own.
func (r *rule) limits() []Limit {
	if len(r.p.Limits) == 0 {
		return []Limit{r.p.Limit}
	}
	var limits []Limit
	for _, b := range r.i.blocks(r.v) {
		if b.Move == r.v.Move && !b.inTime {
			limits = append(limits, r.p.limitFor(b.Type))
		}
	}
	if len(limits) == 0 {
		return []Limit{r.p.Limit}
	}
	return limits
}

// warned sets when three quarters of the time from the start of the move until it is due are over, around the clock.
func (r *rule) warned() {
	warn := r.v.MoveSince.Add(r.v.DueAt.Sub(r.v.MoveSince) * 3 / 4)
	r.v.WarnAt = &warn
}

// frozen stays with Paxos, which looks at a possible hit by hand, unless Paxos also waits for something from us.
func (r *rule) frozen() {
	if r.i.needsUs() {
		r.limited(LaneFrozen, Ours)
		return
	}
	r.limited(LaneFrozen, Paxos)
}

// linking is a failed submission while the account is on its way that joins it to another case. Should that fail it is ours again.
func (r *rule) linking() {
	r.take(LaneFailed, TheLine)
	due := r.v.MoveSince.Add(SubmissionLimit)
	r.v.DueAt = &due
	r.warned()
}

// onItsWay is a submission between us and Paxos; its clock starts again with each resubmission.
func (r *rule) onItsWay() {
	r.take(LaneWaiting, TheLine)
	due := r.v.MoveSince.Add(SubmissionLimit)
	r.turnsAt(due, LaneOverdue)
	r.v.DueAt = &due
	r.warned()
}

func (r *rule) waiting() {
	r.limited(LaneWaiting, Paxos)
	r.turnsAt(*r.v.DueAt, LaneOverdue)
}

// refresh is a KYC refresh in time; shortly before its end it needs a person, and its end is what is due.
func (r *rule) refresh() {
	move := Ours
	if r.i.refreshAwaitsPaxos() {
		move = Paxos
	}
	r.take(LaneRefresh, move)
	end := r.i.refreshEnd(r.v.MoveSince)
	r.turnsAt(r.p.Ours.AddBusinessDays(end, -RefreshWarningDays), LaneAction)
	r.v.DueAt = &end
	r.warned()
}

func (r *rule) decided() { r.take(LaneDecided, NobodyIs) }

// take sets lane and move, and the moment since which it is this party's move.
func (r *rule) take(lane Lane, move Move) {
	r.v.Lane, r.v.Move = lane, move
	r.v.MoveSince = r.since(lane, move)
}

// turnsAt lets time change the lane at a moment.
func (r *rule) turnsAt(at time.Time, lane Lane) {
	if r.now.Before(at) {
		r.v.TurnAt = &at
		return
	}
	r.v.Lane = lane
}

// since is when the move came to this party: kept while it stays, the moment of the change where one is known, else since
// the case has been undecided. A refresh in time has a term of its own, so something new that is asked of us meanwhile
// starts our clock although the move was ours before. Where the case was found with the move at us, an event may tell since when.
func (r *rule) since(lane Lane, move Move) time.Time {
	asked := r.i.Lane == LaneRefresh && lane == LaneAction && !r.changed.IsZero()
	switch {
	case move == Ours && (r.i.Move == "" || r.i.SinceUnknown()) && r.i.asksDocumentsAlone():
		return r.i.Documents.At
	case r.i.Move == move && !r.i.MoveSince.IsZero() && !asked:
		return r.i.MoveSince
	case r.i.Move != "" && !r.changed.IsZero():
		return r.changed
	case r.v.PendingSince != nil:
		return *r.v.PendingSince
	case r.i.Status == StatusNone && r.i.SubmittedAt != nil:
		return *r.i.SubmittedAt
	case r.i.Status == StatusNone || r.i.UpdatedAt.IsZero():
		return r.i.CreatedAt
	}
	return r.i.UpdatedAt // decided once: the last change that Paxos made is the best that is known
}

// Undecided reports whether Paxos has answered and not decided: PENDING, ERROR, and words that the desk does not know.
func (s Status) Undecided() bool {
	return s != StatusNone && !s.final()
}

func (s Status) final() bool { return s == Approved || s == Denied || s == Disabled }

// pendingSince is what is stored, else Paxos' created_at, while the case is undecided. [Identity.Learn] stores the moment of
// a change that brings PENDING back.
func (i Identity) pendingSince() *time.Time {
	switch {
	case !i.Status.Undecided():
		return nil
	case i.PendingSince != nil:
		return i.PendingSince
	}
	created := i.CreatedAt
	return &created
}

// needsUs reports whether something other than a KYC refresh in time waits for us.
func (i Identity) needsUs() bool {
	if i.Documents != nil {
		return true
	}
	for _, r := range i.Details.Requirements {
		if r.needsUs() {
			return true
		}
	}
	return false
}

// needsUs reports whether we must act: it awaits us, or it failed and names nobody. A KYC refresh awaits us for weeks, so
// only one that is past its time counts.
func (r Requirement) needsUs() bool {
	failed := r.Status == RequirementFailed
	switch r.Awaiting {
	case AwaitingClient:
		return r.Type != KYCRefresh || failed || r.has(codeRefreshOverdue)
	case "":
		return failed
	}
	return false
}

func (r Requirement) has(code string) bool {
	for _, e := range r.Errors {
		if e.Code == code {
			return true
		}
	}
	return false
}

// refreshOpen reports whether an event opened a KYC refresh or the record asks for one.
func (i Identity) refreshOpen() bool {
	return i.Refresh != nil || i.refreshRequirement() != nil
}

func (i Identity) refreshRequirement() *Requirement {
	for n := range i.Details.Requirements {
		if i.Details.Requirements[n].Type == KYCRefresh {
			return &i.Details.Requirements[n]
		}
	}
	return nil
}

// overdue reports whether Paxos says that a KYC refresh is past its time.
func (r Requirement) overdue() bool {
	return r.Status == RequirementFailed || r.has(codeRefreshOverdue)
}

func (i Identity) refreshAwaitsPaxos() bool {
	r := i.refreshRequirement()
	return r != nil && r.Awaiting == AwaitingPaxos
}

// refreshEnd is the end of the open refresh. One that no event told of has the usual term from the start of the move, unless Paxos
// says that ours is overdue: then the move came with its end.
func (i Identity) refreshEnd(since time.Time) time.Time {
	switch r := i.refreshRequirement(); {
	case i.Refresh == nil && r != nil && r.overdue() && r.Awaiting != AwaitingPaxos:
		return since
	case i.Refresh == nil:
		return since.Add(RefreshTerm)
	case i.Refresh.EndsAt.IsZero():
		return i.Refresh.StartedAt.Add(RefreshTerm)
	}
	return i.Refresh.EndsAt
}
