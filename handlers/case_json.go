package handlers

import (
	"time"

	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
)

// openedJSON is a case as its own page tells it: what lists tell, and what is behind it. Like them it carries no name.
type openedJSON struct {
	caseJSON
	standingJSON
	membershipJSON
	IDVerification   *string           `json:"id_verification_status"`
	Sanctions        *string           `json:"sanctions_verification_status"`
	Screening        *string           `json:"additional_screening_status"`
	UserDisabled     bool              `json:"user_disabled"`
	AdminDisabled    bool              `json:"admin_disabled"`
	Requirements     []requirementJSON `json:"requirements"`
	Controls         []controlJSON     `json:"controls"`            // null where they are not known
	ControlsAsOf     *time.Time        `json:"controls_as_of"`      // null where those in force are not known
	PastControls     []pastControlJSON `json:"past_controls"`       // the last ended first
	PastAsOf         *time.Time        `json:"past_controls_as_of"` // null where Paxos was never asked for those that have ended
	Able             map[string]string `json:"able"`                // what the customer can do: hold, buy, sell, deposit, withdraw; yes, no or "not said"
	CanControl       bool              `json:"can_control"`         // propose a change of controls
	DocumentsAsked   []string          `json:"documents_asked"`
	Documents        []documentJSON    `json:"documents"`       // what is asked for, under way and at Paxos, by type
	DocumentsAsOf    *time.Time        `json:"documents_as_of"` // of what Paxos holds and waits for; null before it was asked
	CanUpload        bool              `json:"can_upload"`
	RefreshEndsAt    *time.Time        `json:"kyc_refresh_ends_at"`
	RefreshExpired   bool              `json:"kyc_refresh_expired"` // Paxos has said that the open one was not done in time
	Failure          *failureJSON      `json:"failure"`
	Unread           map[string]string `json:"unread"` // what is kept sealed and cannot be read: name, failure, snooze, notes, hold
	ExistingID       *string           `json:"existing_id"`
	History          []historyJSON     `json:"history"`
	Acts             []auditJSON       `json:"acts"`
	Moves            []moveJSON        `json:"moves"` // what was asked of Paxos, newest first
	RecheckAllowedAt *time.Time        `json:"recheck_allowed_at"`
	WaitsUntil       *time.Time        `json:"waits_until"` // of a submission on its way while Paxos throttles the desk
	Notes            int               `json:"notes"`       // how many; their words stand on the page alone
	OurSeconds       int64             `json:"our_seconds"` // working time of each party's turns; the line's runs around the clock
	PaxosSeconds     int64             `json:"paxos_seconds"`
	LineSeconds      int64             `json:"line_seconds"`
	Turns            []turnJSON        `json:"turns"`
	Limit            *string           `json:"limit"`      // of the present move, such as "2bd"
	Escalation       *string           `json:"escalation"` // the note to Paxos Support, where Paxos is late
	CanClaim         bool              `json:"can_claim"`
	CanRelease       bool              `json:"can_release"`
	CanAssign        bool              `json:"can_assign"`
	CanSnooze        bool              `json:"can_snooze"`
	CanNote          bool              `json:"can_note"`
	CanTag           bool              `json:"can_tag"`
	CanRecheck       bool              `json:"can_recheck"`
	CanCorrect       bool              `json:"can_correct"`
	CanRefresh       bool              `json:"can_refresh"` // answer a KYC refresh
	CanResubmit      bool              `json:"can_resubmit"`
	CanWithdraw      bool              `json:"can_withdraw"`
	Hold             *holdJSON         `json:"hold"`
	Proposals        []proposalJSON    `json:"proposals"`     // about it, the open one first
	KeptUntil        *time.Time        `json:"kept_until"`    // when its retention ends; null where that has not begun
	DraftEndsAt      *time.Time        `json:"draft_ends_at"` // when the details of a failed submission are erased
	CanErase         bool              `json:"can_erase"`     // propose to
	CanHold          bool              `json:"can_hold"`
}

// turnJSON is a stretch of time in which one party had the move; it lasts where to is null.
type turnJSON struct {
	Move string     `json:"move"`
	From *time.Time `json:"from"`
	To   *time.Time `json:"to"`
}

type requirementJSON struct {
	Type     string   `json:"type"`
	Status   string   `json:"status"`
	Awaiting *string  `json:"awaiting"`
	Errors   []string `json:"errors"`
}

type controlJSON struct {
	ID          string     `json:"id"`
	Type        string     `json:"type"`
	SetBy       string     `json:"set_by"`
	Overridable bool       `json:"overridable"`
	ReasonCode  *string    `json:"reason_code"`
	Reason      *string    `json:"reason"` // Paxos' words; null where they are not known, or not for the reader
	CreatedAt   *time.Time `json:"created_at"`
}

type failureJSON struct {
	Code   string            `json:"code"`
	Text   *string           `json:"text"`
	Fields map[string]string `json:"fields"`
}

type historyJSON struct {
	Kind        string            `json:"kind"`
	Old         *string           `json:"old"`
	New         *string           `json:"new"`
	By          *string           `json:"by"`
	EventID     *string           `json:"event_id"`
	Unannounced bool              `json:"unannounced"`
	ActorID     *string           `json:"actor_id"`
	OccurredAt  *time.Time        `json:"occurred_at"`
	ReceivedAt  *time.Time        `json:"received_at"`
	ProcessedAt *time.Time        `json:"processed_at"`
	Changes     []identity.Change `json:"changes"`
	Code        *string           `json:"code"`
}

func toOpened(c onboarding.Case) openedJSON {
	i := c.Identity
	o := openedJSON{
		caseJSON:       toCase(c.Row),
		IDVerification: orNull(string(i.Details.IDVerification)), Sanctions: orNull(string(i.Details.Sanctions)),
		Screening: orNull(string(i.Details.Screening)), UserDisabled: i.Details.UserDisabled, AdminDisabled: i.Details.AdminDisabled,
		Requirements: each(i.Details.Requirements, toRequirement), Controls: each(c.Controls.Active, toControl),
		DocumentsAsked: []string{}, Failure: toFailure(c.Failure), ExistingID: orNull(i.ExistingID),
		History: each(c.History, toHistory), Acts: each(c.Acts, toAudit), RecheckAllowedAt: utc(&c.RecheckAllowedAt),
		Notes: c.NoteCount, Turns: each(c.Turns, toTurn), Limit: orNull(c.Limit.String()), Escalation: orNull(c.Escalation),
		OurSeconds: seconds(c.Times.Ours), PaxosSeconds: seconds(c.Times.Paxos), LineSeconds: seconds(c.Times.Line),
		CanClaim: c.CanClaim, CanRelease: c.CanRelease, CanAssign: c.CanAssign, CanNote: c.CanWork, CanTag: c.CanWork,
		CanSnooze:  c.CanWork && !i.Decided(),
		CanCorrect: c.CanCorrect, CanRefresh: c.CanRefresh,
		CanRecheck: c.CanRecheck, CanResubmit: c.CanResubmit, CanWithdraw: c.CanWithdraw,
	}
	o.Proposals, o.KeptUntil, o.DraftEndsAt = each(c.Proposals, toProposal), utc(c.KeptUntil), utc(c.DraftEndsAt)
	o.CanErase, o.CanHold = c.CanErase, c.CanHold
	o.Moves = each(c.Moves, toMove)
	o.Documents, o.DocumentsAsOf, o.CanUpload = each(c.Documents.Checklist, toDocument), utc(&c.Documents.ListedAt), c.Documents.CanUpload
	o.PastControls, o.Able, o.CanControl = each(c.Controls.Past, toPastControl), toAble(c.Controls.Able), c.Controls.Propose
	o.ControlsAsOf, o.PastAsOf = utc(&c.Controls.KnownAt), utc(&c.Controls.ListedAt)
	if !c.Controls.Known {
		o.Controls = nil
	}
	if h := c.Hold; h != nil {
		o.Hold = &holdJSON{By: h.By, At: utc(&h.At), ReasonCode: h.ReasonCode}
	}
	o.Unread = unreadOf(c)
	o.membershipJSON = toMembership(i, c.Membership.Members, c.Leads, c.BelongsTo)
	if i.Documents != nil {
		o.DocumentsAsked = append(o.DocumentsAsked, i.Documents.Types...)
	}
	o.RefreshExpired = i.RefreshExpired()
	if i.Refresh != nil {
		o.RefreshEndsAt = utc(&i.Refresh.EndsAt)
	}
	return o
}

// unreadOf says of what cannot be read why.
func unreadOf(c onboarding.Case) map[string]string {
	why := map[string]identity.Unread{"name": c.NameUnread, "failure": c.FailureUnread, "snooze": c.SnoozeUnread}
	for _, n := range c.Notes {
		if n.Unread != "" {
			why["notes"] = n.Unread
		}
	}
	if c.Hold != nil {
		why["hold"] = c.Hold.Unread
	}
	out := map[string]string{}
	for what, u := range why {
		if u != "" {
			out[what] = string(u)
		}
	}
	return out
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

func toTurn(t identity.Turn) turnJSON {
	return turnJSON{Move: string(t.Move), From: utc(&t.From), To: utc(t.To)}
}

func toRequirement(r identity.Requirement) requirementJSON {
	codes := each(r.Errors, func(e identity.RequirementError) string { return e.Code })
	return requirementJSON{Type: r.Type, Status: r.Status, Awaiting: orNull(r.Awaiting), Errors: codes}
}

func toControl(k identity.ToldControl) controlJSON {
	return controlJSON{
		ID: k.ID, Type: k.Type, SetBy: k.SetBy, Overridable: k.Overridable, ReasonCode: orNull(k.ReasonCode), Reason: orNull(k.Reason),
		CreatedAt: utc(&k.CreatedAt),
	}
}

func toFailure(f identity.Failure) *failureJSON {
	if f.Code == "" {
		return nil
	}
	fields := f.Fields
	if fields == nil {
		fields = map[string]string{}
	}
	return &failureJSON{Code: f.Code, Text: orNull(f.Text), Fields: fields}
}

func toHistory(e identity.Entry) historyJSON {
	return historyJSON{
		Kind: string(e.Kind), Old: orNull(string(e.Old)), New: orNull(string(e.New)), By: orNull(string(e.By)), EventID: orNull(e.EventID),
		Unannounced: e.Unannounced, ActorID: orNull(e.ActorID), OccurredAt: utc(&e.OccurredAt), ReceivedAt: utc(&e.ReceivedAt),
		ProcessedAt: utc(&e.ProcessedAt), Changes: append([]identity.Change{}, e.Changes...), Code: orNull(e.Code),
	}
}
