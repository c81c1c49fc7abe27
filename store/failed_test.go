package store_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
)

// failed is a submission that Paxos has refused.
func (d desk) failed(refID, code string) identity.Identity {
	d.t.Helper()
	i := d.submit(refID)
	_, job := d.begin()
	require.NoError(d.t, d.SubmissionFailed(d.t.Context(), i.ID, job, identity.Failure{Code: code, Text: "zip"}, nil))
	return d.get(i.ID)
}

func TestResubmitMended(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.failed("user-1", identity.RefIDTaken)
		mended := draft("user-2")
		mended.Person.FirstName, mended.Person.LastName = "Anna", "Quist"
		again, err := d.Resubmit(t.Context(), i.ID, identity.Mend{Draft: &mended, Attempts: 1}, ana(audit.Resubmitted))
		require.NoError(t, err)
		require.Equal(t, identity.Queued, again.Submission)
		require.Equal(t, []string{"user-2", "AQ", "verif-user-2"}, []string{again.RefID, again.Initials, again.VerificationID})
		kept, found, err := d.Draft(t.Context(), i.ID)
		require.NoError(t, err)
		require.True(t, found)
		require.Equal(t, mended, kept)
		name, err := d.Name(t.Context(), i.ID)
		require.NoError(t, err)
		require.Equal(t, "Anna", name.First)
		for _, refID := range []string{"user-1", "user-2"} {
			led, err := d.Lookup(t.Context(), refID)
			require.NoError(t, err)
			require.Len(t, led, 1, refID)
			require.Equal(t, i.ID, led[0].ID)
		}
		_, job := d.begin()
		require.Equal(t, i.ID, job.Subject)
	})
}

func TestResubmitUnderAHeldRefID(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.failed("user-1", identity.RefIDTaken)
		d.submit("user-2")
		taken := draft("user-2")
		_, err := d.Resubmit(t.Context(), i.ID, identity.Mend{Draft: &taken}, ana(audit.Resubmitted))
		kindIs(t, fault.Conflict, err)
		require.Contains(t, fault.From(err).Fields, "ref_id")
		require.Equal(t, i, d.get(i.ID), "nothing has changed")
		kept, _, err := d.Draft(t.Context(), i.ID)
		require.NoError(t, err)
		require.Equal(t, draft("user-1"), kept)
	})
}

// A double click is one act; whoever comes second is told who was first; a refusal that nobody has seen is not answered.
func TestResubmitTwice(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.failed("user-1", identity.Refused)
		mended := draft("user-1")
		mended.Person.FirstName = "Anna"
		m := identity.Mend{Draft: &mended, Attempts: i.Attempts}
		for range 2 {
			got, err := d.Resubmit(t.Context(), i.ID, m, ana(audit.Resubmitted))
			require.NoError(t, err)
			require.Equal(t, identity.Queued, got.Submission)
		}
		require.Len(t, d.actsOf(i.ID, audit.Resubmitted), 1)

		other := draft("user-1")
		_, err := d.Resubmit(t.Context(), i.ID, identity.Mend{Draft: &other, Attempts: i.Attempts}, ana(audit.Resubmitted))
		kindIs(t, fault.Conflict, err) // the same person, from another window: other details
		_, err = d.Resubmit(t.Context(), i.ID, m, by("lea", audit.Resubmitted))
		kindIs(t, fault.Conflict, err)
		require.Contains(t, fault.From(err).Text, "Ana Lyst was first with this submission, and resubmitted at ")
		_, err = d.Withdraw(t.Context(), i.ID, by("lea", audit.Withdrew))
		kindIs(t, fault.Conflict, err)

		_, job := d.begin()
		require.NoError(t, d.SubmissionFailed(t.Context(), i.ID, job, identity.Failure{Code: identity.Refused}, nil))
		_, err = d.Resubmit(t.Context(), i.ID, m, by("lea", audit.Resubmitted))
		kindIs(t, fault.Conflict, err)
		require.Equal(t, identity.Failed, d.get(i.ID).Submission, "it has failed once more since lea looked")
		_, err = d.Resubmit(t.Context(), i.ID, m, ana(audit.Resubmitted))
		require.NoError(t, err, "the second click comes late")
		require.Equal(t, identity.Failed, d.get(i.ID).Submission)
		d.clock.Advance(2 * time.Minute)
		_, err = d.Resubmit(t.Context(), i.ID, m, ana(audit.Resubmitted))
		kindIs(t, fault.Conflict, err)

		got, err := d.Resubmit(t.Context(), i.ID, identity.Mend{Attempts: 2}, by("lea", audit.Resubmitted))
		require.NoError(t, err)
		require.Equal(t, identity.Queued, got.Submission)
	})
}

func TestTwoResubmitAtOnce(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.failed("user-1", identity.Refused)
		var wait sync.WaitGroup
		errs := make([]error, 8)
		for n := range errs {
			wait.Go(func() {
				_, errs[n] = d.Resubmit(t.Context(), i.ID, identity.Mend{}, by([]string{"ana", "lea"}[n%2], audit.Resubmitted))
			})
		}
		wait.Wait()
		conflicts := 0
		for _, err := range errs {
			if err != nil {
				kindIs(t, fault.Conflict, err)
				conflicts++
			}
		}
		require.Equal(t, 4, conflicts, "those of whoever was second")
		require.Len(t, d.actsOf(i.ID, audit.Resubmitted), 1)
		_, job := d.begin()
		require.Equal(t, int64(1), job.Wanted)
	})
}

// actsOf are the entries of a kind of act about a case.
func (d desk) actsOf(id string, action audit.Action) []audit.Entry {
	d.t.Helper()
	entries, err := d.AuditEntries(d.t.Context(), audit.Filter{IdentityID: id, Action: action})
	require.NoError(d.t, err)
	return entries
}

// A second act is the same click only where it asks for the same: whatever else comes second was not sent, and is told so.
func TestSecondResubmission(t *testing.T) {
	anna, bea := draft("user-1"), draft("user-1")
	anna.Person.FirstName, bea.Person.FirstName = "Anna", "Bea"
	under := func(refID string) identity.Mend {
		d := draft(refID)
		return identity.Mend{Draft: &d, RefID: refID}
	}
	late := func(refID string) identity.Mend { return identity.Mend{RefID: refID} } // its draft is not read any more
	for name, c := range map[string]struct {
		first, second identity.Mend
		by            string
		same          bool
	}{
		"same mended details":            {identity.Mend{Draft: &anna}, identity.Mend{Draft: &anna}, "ana", true},
		"same again":                     {identity.Mend{}, identity.Mend{}, "ana", true},
		"same ref_id":                    {under("user-2"), late("user-2"), "ana", true},
		"other ref_id":                   {under("user-2"), late("user-3"), "ana", false},
		"other details":                  {identity.Mend{Draft: &anna}, identity.Mend{Draft: &bea}, "ana", false},
		"details after the same again":   {identity.Mend{}, identity.Mend{Draft: &anna}, "ana", false},
		"the same again after details":   {identity.Mend{Draft: &anna}, identity.Mend{}, "ana", false},
		"details after a ref_id":         {under("user-2"), identity.Mend{Draft: &anna}, "ana", false},
		"same details of another person": {identity.Mend{Draft: &anna}, identity.Mend{Draft: &anna}, "lea", false},
	} {
		c.first.Attempts, c.second.Attempts = 1, 1
		for _, accepted := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				each(t, func(t *testing.T, d desk) {
					i := d.failed("user-1", identity.RefIDTaken)
					sent, err := d.Resubmit(t.Context(), i.ID, c.first, by("ana", audit.Resubmitted))
					require.NoError(t, err)
					if accepted {
						_, job := d.begin()
						_, err := d.Accepted(t.Context(), i.ID, d.news("px-9", sent.RefID, identity.Pending), &job)
						require.NoError(t, err)
					}
					before := d.get(i.ID)
					_, err = d.Resubmit(t.Context(), i.ID, c.second, by(c.by, audit.Resubmitted))
					if c.same {
						require.NoError(t, err)
					} else {
						kindIs(t, fault.Conflict, err)
						require.Contains(t, fault.From(err).Text, "ana was first with this submission")
					}
					require.Equal(t, before, d.get(i.ID))
					require.Len(t, d.actsOf(i.ID, audit.Resubmitted), 1)
				})
			})
		}
	}
}
