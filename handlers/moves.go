package handlers

import (
	"maps"
	"time"

	"github.com/labstack/echo/v4"

	"identitydesk/internal/identity"
	"identitydesk/internal/onboarding"
	"identitydesk/views"
)

// tryMoveAgain has a move that failed sent again.
func (s *server) tryMoveAgain(c echo.Context) error {
	err := s.Desk.TryMoveAgain(c.Request().Context(), actor(c), c.Param("id"), c.Param("move"))
	return s.worked(c, err, movedAgain)
}

// withdrawMove gives a move up before it has had an effect.
func (s *server) withdrawMove(c echo.Context) error {
	err := s.Desk.WithdrawMove(c.Request().Context(), actor(c), c.Param("id"), c.Param("move"))
	return s.worked(c, err, moveWithdrawn)
}

// moveViews are the moves of a case as its page shows them.
func moveViews(ms []onboarding.MoveView) []views.OurMove {
	return each(ms, func(m onboarding.MoveView) views.OurMove {
		return views.OurMove{OurMove: m.OurMove, Reason: m.Reason, Refusal: m.Refusal, Joint: m.Joint, CanTryAgain: m.CanTryAgain, CanWithdraw: m.CanWithdraw}
	})
}

// moveJSON is one thing that was asked of Paxos about a case.
type moveJSON struct {
	ID          string            `json:"id"`
	IdentityID  string            `json:"identity_id"` // of the case that it is about: an account that links a submission is of another
	Kind        string            `json:"kind"`
	Key         *string           `json:"key"`
	About       []string          `json:"about"`   // codes, such as the names of the fields that change
	Members     []jointJSON       `json:"members"` // who is to share the account with its owner; empty unless the reader may see accounts
	State       string            `json:"state"`   // queued, sent, done, failed, withdrawn
	AskedBy     string            `json:"asked_by"`
	AskedAt     *time.Time        `json:"asked_at"`
	Reason      *string           `json:"reason"` // why it was proposed; null where it was not, or not for the reader
	Attempts    int               `json:"attempts"`
	AttemptedAt *time.Time        `json:"attempted_at"` // null while no attempt is under way
	LostSince   *time.Time        `json:"lost_since"`   // since when an attempt may have had its effect, unknown to us
	NextAt      *time.Time        `json:"next_at"`      // when the next attempt begins at the earliest
	EndedAt     *time.Time        `json:"ended_at"`
	Failure     *failureJSON      `json:"failure"`
	Result      map[string]string `json:"result"` // Paxos' ids of what it made
	Steps       []moveStepJSON    `json:"steps"`
	CanTryAgain bool              `json:"can_try_again"`
	CanWithdraw bool              `json:"can_withdraw"`
}

type moveStepJSON struct {
	At   *time.Time `json:"at"`
	Step string     `json:"step"`
	Code *string    `json:"code"`
	By   *string    `json:"by"`
}

func toMove(m onboarding.MoveView) moveJSON {
	j := moveJSON{
		ID: m.ID, IdentityID: m.IdentityID, Kind: string(m.Kind), Key: orNull(m.Key), About: append([]string{}, m.About...), State: string(m.State), AskedBy: m.AskedBy,
		AskedAt: utc(&m.AskedAt), Reason: orNull(m.Reason.Text), Attempts: m.Attempts, AttemptedAt: utc(m.AttemptedAt), LostSince: utc(m.LostSince), NextAt: utc(m.NextAt),
		EndedAt: utc(m.EndedAt), Failure: toFailure(m.Refusal.Failure), Result: map[string]string{}, CanTryAgain: m.CanTryAgain, CanWithdraw: m.CanWithdraw,
	}
	maps.Copy(j.Result, m.Result)
	j.Members = each(m.Joint, toJoint)
	j.Steps = each(m.Steps, func(s identity.MoveStep) moveStepJSON {
		return moveStepJSON{At: utc(&s.At), Step: s.Step, Code: orNull(s.Code), By: orNull(s.By)}
	})
	return j
}
