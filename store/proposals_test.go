package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/proposal"
)

// denied is a case that Paxos has denied.
func (d desk) denied(n string) identity.Identity {
	d.t.Helper()
	news := d.news("px-"+n, "user-"+n, identity.Denied)
	news.Record.Name = identity.Name{First: "Quillon", Last: "Zarathorn"}
	i, err := d.ApplyIdentity(d.t.Context(), news, nil)
	require.NoError(d.t, err)
	return i
}

// wish is a proposal to erase a case.
func (d desk) wish(i identity.Identity, maker string) proposal.Proposal {
	p := proposal.New(proposal.Erase, proposal.Policy{Term: time.Hour, Confirm: "checked"}, i.FactLines(), d.clock.Now())
	p.IdentityID, p.MakerID, p.MakerName, p.ReasonCode, p.Reason = i.ID, maker, maker, "person_asked", "Zarathorn wrote to us"
	p.Change = proposal.Change{Lines: []proposal.Line{{Name: "ref_id", Before: "kept", After: "a hash"}}}
	p.Payload = []byte(`{"no_duty":true}`)
	return p
}

func (d desk) propose(i identity.Identity, maker string) proposal.Proposal {
	d.t.Helper()
	p, err := d.Propose(d.t.Context(), d.wish(i, maker), by(maker, audit.Proposed))
	require.NoError(d.t, err)
	return p
}

func (d desk) decide(p proposal.Proposal, verb proposal.Verb, who string) (proposal.Proposal, error) {
	action := map[proposal.Verb]audit.Action{
		proposal.Approve: audit.Approved, proposal.Decline: audit.Declined, proposal.Withdraw: audit.TookBack,
	}[verb]
	a := proposal.Answer{Verb: verb, By: proposal.Person{ID: who, MayApprove: true}, Name: who, Text: "since " + who + " says so"}
	return d.Decide(d.t.Context(), p.ID, a, by(who, action))
}

func (d desk) proposal(id string) proposal.Proposal {
	d.t.Helper()
	p, err := d.Proposal(d.t.Context(), id)
	require.NoError(d.t, err)
	return p
}

func (d desk) proposals(f proposal.Filter) []proposal.Proposal {
	d.t.Helper()
	page, err := d.Proposals(d.t.Context(), f)
	require.NoError(d.t, err)
	require.EqualValues(d.t, len(page.Items), page.Total)
	return page.Items
}

func TestProposalsAreKept(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.denied("1")
		p := d.propose(i, "ana")
		require.Equal(t, p, d.proposal(p.ID))
		require.Equal(t, "Zarathorn wrote to us", p.Reason)
		require.Equal(t, "user-1", p.RefID)
		require.Equal(t, d.clock.Now().Add(time.Hour), p.ExpiresAt)
		text, err := d.Contents(t.Context(), "proposals")
		require.NoError(t, err)
		require.NotContains(t, text, "Zarathorn")
		require.Equal(t, []audit.Action{audit.Proposed}, d.acts(i.ID))

		_, err = d.Propose(t.Context(), d.wish(i, "bo"), by("bo", audit.Proposed))
		kindIs(t, fault.Conflict, err)
		_, err = d.Propose(t.Context(), proposal.Proposal{IdentityID: "none"}, by("bo", audit.Proposed))
		kindIs(t, fault.NotFound, err)
		_, err = d.Proposal(t.Context(), "none")
		kindIs(t, fault.NotFound, err)
		for who, waits := range map[string]int64{"ana": 0, "lea": 1} {
			n, err := d.WaitingProposals(t.Context(), who)
			require.NoError(t, err)
			require.Equal(t, waits, n, who)
		}
	})
}

func TestOnlyWhatMayGoIsProposed(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		waiting := d.submit("user-1")
		_, err := d.Propose(t.Context(), d.wish(waiting, "ana"), by("ana", audit.Proposed))
		require.ErrorContains(t, err, "on its way")
		pending, err := d.ApplyIdentity(t.Context(), d.news("px-2", "user-2", identity.Pending), nil)
		require.NoError(t, err)
		_, err = d.Propose(t.Context(), d.wish(pending, "ana"), by("ana", audit.Proposed))
		require.ErrorContains(t, err, "Paxos has not decided")
		kindIs(t, fault.Conflict, err)
		seen := d.denied("3")
		later := d.news("px-3", "user-3", identity.Approved)
		later.Record.UpdatedAt = d.clock.Now().Add(time.Minute)
		_, err = d.ApplyIdentity(t.Context(), later, nil)
		require.NoError(t, err)
		_, err = d.Propose(t.Context(), d.wish(seen, "ana"), by("ana", audit.Proposed))
		require.ErrorContains(t, err, "changed meanwhile")
		require.Empty(t, d.proposals(proposal.Filter{}))
	})
}

// The ref_id of a submission rests after a lost answer, see refIDRest; an erased one could not.
func TestALostAnswerIsWaitedFor(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.submit("user-1")
		_, job := d.begin()
		require.NoError(t, d.AnswerLost(t.Context(), i.ID, job, d.clock.Now(), "lost"))
		_, job = d.begin()
		require.NoError(t, d.SubmissionFailed(t.Context(), i.ID, job, identity.Failure{Code: identity.Refused}, nil))
		i = d.get(i.ID)
		_, err := d.Propose(t.Context(), d.wish(i, "ana"), by("ana", audit.Proposed))
		kindIs(t, fault.Conflict, err)
		require.ErrorContains(t, err, "answer of Paxos was lost")
		d.clock.Advance(15 * time.Minute)
		_, err = d.decide(d.propose(i, "ana"), proposal.Approve, "lea")
		require.NoError(t, err)
		require.Equal(t, identity.Withdrawn, d.get(i.ID).Submission)
		d.submit("user-1")
	})
}

// Of many who decide at once one does.
func TestADecisionIsMadeOnce(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.denied("1")
		p := d.propose(i, "ana")
		errs := make(chan error, 8)
		for n := range cap(errs) {
			go func() {
				verb := proposal.Approve
				if n%2 == 0 {
					verb = proposal.Decline
				}
				_, err := d.decide(p, verb, fmt.Sprintf("lead-%d", n))
				errs <- err
			}()
		}
		done := 0
		for range cap(errs) {
			if err := <-errs; err == nil {
				done++
			} else if fault.KindOf(err) != fault.Conflict {
				t.Error(err)
			}
		}
		require.Equal(t, 1, done)
		require.Equal(t, d.proposal(p.ID).State == proposal.Done, d.get(i.ID).ErasedAt != nil)
		decided := 0
		for _, a := range d.acts(i.ID) {
			if a == audit.Approved || a == audit.Declined {
				decided++
			}
		}
		require.Equal(t, 1, decided)
	})
}

func TestDecline(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.denied("1")
		p := d.propose(i, "ana")
		_, err := d.decide(p, proposal.Decline, "ana")
		kindIs(t, fault.Forbidden, err)
		_, err = d.decide(p, proposal.Withdraw, "lea")
		kindIs(t, fault.Forbidden, err)
		require.Equal(t, proposal.Open, d.proposal(p.ID).State)

		said, err := d.decide(p, proposal.Decline, "lea")
		require.NoError(t, err)
		require.Equal(t, proposal.Declined, said.State)
		got := d.proposal(p.ID)
		require.Equal(t, "since lea says so", got.Answer)
		require.Equal(t, "lea", got.DeciderID)
		require.Equal(t, d.clock.Now(), *got.EndedAt)
		require.Nil(t, d.get(i.ID).ErasedAt)
		_, err = d.decide(p, proposal.Approve, "lea")
		kindIs(t, fault.Conflict, err)
		require.Equal(t, []audit.Action{audit.Proposed, audit.Declined}, d.acts(i.ID))

		again := d.propose(i, "ana")
		back, err := d.decide(again, proposal.Withdraw, "ana")
		require.NoError(t, err)
		require.Equal(t, proposal.Withdrawn, back.State)
		require.Equal(t, []audit.Action{audit.Proposed, audit.Declined, audit.Proposed, audit.TookBack}, d.acts(i.ID))
	})
}

func TestAChangedCaseVoidsTheProposal(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.denied("1")
		p := d.propose(i, "ana")
		d.note(i.ID, "ana", "still the same")
		_, err := d.Claim(t.Context(), i.ID, "bo", "", by("bo", audit.Claimed))
		require.NoError(t, err)
		n, err := d.TurnProposals(t.Context(), d.clock.Now())
		require.NoError(t, err)
		require.Zero(t, n, "nothing of that matters")
		require.Equal(t, d.get(i.ID).Rev, d.proposal(p.ID).Rev)

		d.clock.Advance(time.Minute)
		_, err = d.ApplyIdentity(t.Context(), d.news("px-1", "user-1", identity.Approved), nil)
		require.NoError(t, err)
		got, err := d.decide(p, proposal.Approve, "lea")
		kindIs(t, fault.Conflict, err)
		require.ErrorContains(t, err, "has changed")
		require.Equal(t, proposal.Void, got.State)
		require.Equal(t, proposal.Void, d.proposal(p.ID).State)
		require.Nil(t, d.get(i.ID).ErasedAt)
		require.Equal(t, identity.ProposalEnded, d.kinds(i.ID)[len(d.kinds(i.ID))-1])
		require.NotContains(t, d.acts(i.ID), audit.Approved)

		other := d.propose(d.get(i.ID), "ana")
		d.clock.Advance(time.Minute)
		_, err = d.ApplyIdentity(t.Context(), d.news("px-1", "user-1", identity.Disabled), nil)
		require.NoError(t, err)
		n, err = d.TurnProposals(t.Context(), d.clock.Now())
		require.NoError(t, err)
		require.Equal(t, 1, n, "the clock sees it by itself")
		require.Equal(t, proposal.Void, d.proposal(other.ID).State)
	})
}

func TestProposalsExpire(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.denied("1")
		p := d.propose(i, "ana")
		require.NoError(t, d.SetSettings(t.Context(), identity.Settings{LongestSnooze: time.Hour, ProposalTerm: 9 * time.Hour}, by("lea", audit.ChangedPolicy)))
		d.clock.Advance(time.Hour - time.Millisecond)
		n, err := d.TurnProposals(t.Context(), d.clock.Now())
		require.NoError(t, err)
		require.Zero(t, n)
		d.clock.Advance(time.Millisecond)
		got, err := d.decide(p, proposal.Approve, "lea")
		kindIs(t, fault.Conflict, err)
		require.ErrorContains(t, err, "expired")
		require.Equal(t, proposal.Expired, got.State)
		require.Nil(t, d.get(i.ID).ErasedAt)

		next := d.propose(i, "ana")
		d.clock.Advance(time.Hour)
		n, err = d.TurnProposals(t.Context(), d.clock.Now())
		require.NoError(t, err)
		require.Equal(t, 1, n)
		require.Equal(t, proposal.Expired, d.proposal(next.ID).State)
		n, err = d.TurnProposals(t.Context(), d.clock.Now())
		require.NoError(t, err)
		require.Zero(t, n)
	})
}

func TestListsOfProposals(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		var made []proposal.Proposal
		for n, maker := range []string{"ana", "bo", "ana", "bo"} {
			made = append(made, d.propose(d.denied(string(rune('1'+n))), maker))
			d.clock.Advance(time.Minute)
		}
		_, err := d.decide(made[3], proposal.Decline, "lea")
		require.NoError(t, err)
		ids := func(f proposal.Filter) (refs []string) {
			for _, p := range d.proposals(f) {
				refs = append(refs, p.RefID)
			}
			return refs
		}
		require.Equal(t, []string{"user-3", "user-2", "user-1", "user-4"}, ids(proposal.Filter{}), "the open ones first")
		require.Equal(t, []string{"user-3", "user-2", "user-1"}, ids(proposal.Filter{Show: proposal.ShowOpen}))
		require.Equal(t, []string{"user-3", "user-1"}, ids(proposal.Filter{Show: proposal.ShowMine, MakerID: "ana"}))
		require.Equal(t, []string{"user-4"}, ids(proposal.Filter{Show: proposal.ShowEnded}))
		require.Equal(t, []string{"user-2"}, ids(proposal.Filter{IdentityID: made[1].IdentityID}))
		var walked []string
		for f := (proposal.Filter{Limit: 1}); ; {
			page, err := d.Proposals(t.Context(), f)
			require.NoError(t, err)
			require.Len(t, page.Items, 1)
			require.Empty(t, page.Items[0].Reason, "a list opens nothing")
			walked = append(walked, page.Items[0].RefID)
			if f.After = page.Next; f.After == "" {
				break
			}
		}
		require.Equal(t, []string{"user-3", "user-2", "user-1", "user-4"}, walked)
		_, err = d.Proposals(t.Context(), proposal.Filter{After: "nonsense"})
		kindIs(t, fault.Invalid, err)
	})
}

func TestHolds(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.denied("1")
		held, err := d.HoldOf(t.Context(), i.ID)
		require.NoError(t, err)
		require.Nil(t, held)
		kindIs(t, fault.Conflict, d.LetGo(t.Context(), i.ID, by("lea", audit.LetGo)))
		p := d.propose(i, "ana")
		want := identity.Hold{ByID: "lea", ByName: "Lea", ReasonCode: "litigation", Reason: "Zarathorn against us"}
		require.NoError(t, d.Hold(t.Context(), i.ID, want, by("lea", audit.Held)))
		want.At = d.clock.Now()
		held, err = d.HoldOf(t.Context(), i.ID)
		require.NoError(t, err)
		require.Equal(t, &want, held)
		text, err := d.Contents(t.Context(), "holds")
		require.NoError(t, err)
		require.NotContains(t, text, "Zarathorn")
		kindIs(t, fault.Conflict, d.Hold(t.Context(), i.ID, want, by("bo", audit.Held)))

		_, err = d.decide(p, proposal.Approve, "bo")
		kindIs(t, fault.Conflict, err)
		require.ErrorContains(t, err, "Lea put it there on 2026-03-02 15:00 UTC")
		require.Equal(t, proposal.Open, d.proposal(p.ID).State, "all or nothing")
		require.NotContains(t, d.acts(i.ID), audit.Approved)
		other := d.denied("2")
		require.NoError(t, d.Hold(t.Context(), other.ID, want, by("lea", audit.Held)))
		_, err = d.Propose(t.Context(), d.wish(other, "ana"), by("ana", audit.Proposed))
		require.ErrorContains(t, err, "legal hold")

		require.NoError(t, d.LetGo(t.Context(), i.ID, by("lea", audit.LetGo)))
		_, err = d.decide(p, proposal.Approve, "bo")
		require.NoError(t, err)
		require.NotNil(t, d.get(i.ID).ErasedAt)
		kindIs(t, fault.Conflict, d.Hold(t.Context(), i.ID, want, by("lea", audit.Held)))
	})
}

// Whoever gives the same answer twice is told twice that it is given. Another answer, another person and another time are none of that.
func TestASecondClickOnAProposal(t *testing.T) {
	for verb, who := range map[proposal.Verb]string{proposal.Approve: "lea", proposal.Decline: "lea", proposal.Withdraw: "ana"} {
		t.Run(string(verb), func(t *testing.T) {
			each(t, func(t *testing.T, d desk) {
				i := d.denied("1")
				p := d.propose(i, "ana")
				first, err := d.decide(p, verb, who)
				require.NoError(t, err)
				acts := d.acts(i.ID)
				again, err := d.decide(p, verb, who)
				require.NoError(t, err)
				require.Equal(t, first.State, again.State)
				require.Equal(t, acts, d.acts(i.ID), "it is no second act")
				others := map[proposal.Verb]proposal.Verb{proposal.Approve: proposal.Decline, proposal.Decline: proposal.Approve}
				if other, is := others[verb]; is {
					_, err = d.decide(p, other, who)
					kindIs(t, fault.Conflict, err)
					_, err = d.decide(p, verb, "lou")
					kindIs(t, fault.Conflict, err)
				}
				if verb == proposal.Decline {
					_, err = d.Decide(t.Context(), p.ID, proposal.Answer{
						Verb: verb, By: proposal.Person{ID: who, MayApprove: true}, Name: who, Text: "for another reason",
					}, by(who, audit.Declined))
					kindIs(t, fault.Conflict, err)
				}
				d.clock.Advance(time.Minute)
				_, err = d.decide(p, verb, who)
				kindIs(t, fault.Conflict, err)
			})
		})
	}
}
