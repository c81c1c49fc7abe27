package store_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/queue"
)

const (
	abreast = 2
	pause   = time.Second
)

func goodRow(line int, refID string) identity.ImportRow {
	return identity.ImportRow{Line: line, Given: draft(refID).Values()}
}

func wrongRow(line int, refID string) identity.ImportRow {
	r := goodRow(line, refID)
	r.Errors = map[string]string{"person_details.first_name": "write Quillon?", "metadata.x": "no"}
	return r
}

func lea(action audit.Action) audit.Entry {
	return audit.Entry{ActorID: "lea", ActorName: "Lea Der", Role: "lead", Action: action}
}

func (d desk) importRows(file string, rows ...identity.ImportRow) identity.Import {
	d.t.Helper()
	i, err := d.CreateImport(d.t.Context(), []byte(file), rows, lea(audit.UploadedImport))
	require.NoError(d.t, err)
	return i
}

func (d desk) turn(i identity.Import, a identity.ImportAct) {
	d.t.Helper()
	action := map[identity.ImportAct]audit.Action{
		identity.StartImport: audit.StartedImport, identity.PauseImport: audit.PausedImport, identity.StopImport: audit.StoppedImport,
	}[a]
	_, err := d.TurnImport(d.t.Context(), i.ID, a, lea(action))
	require.NoError(d.t, err)
}

// stepImport runs the one job of an import that must be ready.
func (d desk) stepImport() {
	d.t.Helper()
	require.NoError(d.t, d.StepImport(d.t.Context(), d.claim("import"), abreast, pause))
}

func (d desk) importNow(id string) identity.Import {
	d.t.Helper()
	i, err := d.Import(d.t.Context(), id)
	require.NoError(d.t, err)
	return i
}

func (d desk) resultLines(id string) (lines []string) {
	d.t.Helper()
	found, err := d.ImportLines(d.t.Context(), id, identity.ImportLines{})
	require.NoError(d.t, err)
	for _, l := range found {
		lines = append(lines, fmt.Sprintf("%d %s %s", l.Line, l.Result, l.RefID))
	}
	return lines
}

func stepKinds(i identity.Import) (kinds []identity.ImportStepKind) {
	for _, s := range i.Steps {
		kinds = append(kinds, s.Kind)
	}
	return kinds
}

// Rows become submissions a few at a time, each in the name of who started the import, and what they told goes with that.
func TestImport(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		held := d.submit("known-1")
		d.claim("submit")
		i := d.importRows("file", goodRow(2, "im-1"), goodRow(3, "known-1"), wrongRow(4, "im-wrong"), goodRow(5, "im-2"), goodRow(6, "im-3"))
		require.Equal(t, identity.ImportReady, i.State)
		d.noJob("import")
		require.Equal(t, []string{"2 new im-1", "3 known known-1", "4 wrong ", "5 new im-2", "6 new im-3"}, d.resultLines(i.ID))
		require.Equal(t, map[identity.ImportResult]int{"new": 3, "known": 1, "wrong": 1}, d.importNow(i.ID).Results)

		d.turn(i, identity.StartImport)
		d.turn(i, identity.StartImport) // a second click changes nothing
		d.stepImport()
		require.Equal(t, []string{"2 queued im-1", "3 known known-1", "4 wrong ", "5 queued im-2", "6 new im-3"}, d.resultLines(i.ID))
		lines, err := d.ImportLines(t.Context(), i.ID, identity.ImportLines{Result: identity.RowKnown})
		require.NoError(t, err)
		require.Equal(t, held.ID, lines[0].IdentityID)

		d.noJob("import")
		d.clock.Advance(pause)
		d.stepImport()
		require.Equal(t, 1, d.importNow(i.ID).Results["new"], "there is no room while two are on their way")
		jobs, err := d.ClaimJobs(t.Context(), []string{"submit"}, 9, time.Minute)
		require.NoError(t, err)
		require.Len(t, jobs, 2)
		for _, j := range jobs {
			require.Equal(t, queue.Background, j.Priority)
			_, sent, err := d.BeginAttempt(t.Context(), j)
			require.NoError(t, err)
			require.Equal(t, identity.ParseDraft(draft(sent.Person.RefID).Values()), *sent.Person)
		}
		_, err = d.Accepted(t.Context(), jobs[0].Subject, d.news("px-im-1", "im-1", identity.Pending), &jobs[0])
		require.NoError(t, err)
		require.Equal(t, queue.Background, d.claim("recheck").Priority)
		d.clock.Advance(pause)
		d.stepImport()
		done := d.importNow(i.ID)
		require.Equal(t, identity.ImportDone, done.State)
		require.Equal(t, []identity.ImportStepKind{"uploaded", "started", "finished"}, stepKinds(done))
		require.Equal(t, "Lea Der", done.Steps[1].ByName)
		require.Empty(t, done.Steps[2].ByID, "the desk itself")
		require.Equal(t, map[identity.ImportResult]int{"accepted": 1, "sent": 1, "queued": 1, "known": 1, "wrong": 1}, done.Results)
		require.Equal(t, 3, done.Had())

		entries, err := d.AuditEntries(t.Context(), audit.Filter{Limit: 100})
		require.NoError(t, err)
		var acts []string
		for _, e := range entries {
			if e.Object == i.ID {
				acts = append(acts, string(e.Action)+" by "+e.ActorID+": "+e.Detail)
				require.NotContains(t, e.Detail, "Quillon")
			}
		}
		require.Len(t, acts, 5)
		require.Equal(t, []string{"submitted by lea: line 6 of an import", "submitted by lea: line 5 of an import", "submitted by lea: line 2 of an import", "started_import by lea: "}, acts[:4])
		require.Contains(t, acts[4], "uploaded_import by lea: 5 rows, 1 of them with errors, keyed sum ")
	})
}

// The same file again, by two people at once, or after its cases were withdrawn or erased, doubles nobody.
func TestImportDoublesNobody(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		withdrawn := d.submit("im-4")
		job := d.claim("submit")
		require.NoError(t, d.SubmissionFailed(t.Context(), withdrawn.ID, job, identity.Failure{Code: identity.Refused}, nil))
		_, err := d.Withdraw(t.Context(), withdrawn.ID, ana(audit.Withdrew))
		require.NoError(t, err)
		erased := d.submit("im-5")
		job = d.claim("submit")
		require.NoError(t, d.SubmissionFailed(t.Context(), erased.ID, job, identity.Failure{Code: identity.Refused}, nil))
		_, err = d.Withdraw(t.Context(), erased.ID, ana(audit.Withdrew))
		require.NoError(t, err)

		rows := []identity.ImportRow{goodRow(2, "im-1"), goodRow(3, "im-2"), goodRow(4, "im-4"), goodRow(5, "im-5")}
		one, two := d.importRows("file", rows...), d.importRows("file", rows...)
		other := d.importRows("another file", rows...)
		n, err := d.EraseDue(t.Context(), d.clock.Now().Add(time.Hour), 100)
		require.NoError(t, err)
		require.Equal(t, 2, n)
		require.Empty(t, d.importNow(one.ID).SameAs)
		require.Empty(t, d.importNow(other.ID).SameAs)
		d.clock.Advance(time.Second)
		require.NotEmpty(t, d.importNow(d.importRows("file", rows...).ID).SameAs)

		typed := 0
		for range 3 {
			d.turn(one, identity.StartImport)
			d.turn(two, identity.StartImport)
			jobs, err := d.ClaimJobs(t.Context(), []string{"import"}, 9, time.Minute)
			require.NoError(t, err)
			var wait sync.WaitGroup
			errs := make([]error, len(jobs))
			for n, j := range jobs {
				wait.Go(func() { errs[n] = d.StepImport(t.Context(), j, 9, pause) })
			}
			wait.Go(func() { // and a third types one of the people in
				_, err := d.Submit(t.Context(), draft("im-1"), ana(audit.Submitted))
				if err == nil {
					typed++
					return
				}
				assert.Equal(t, fault.Conflict, fault.KindOf(err), err)
			})
			wait.Wait()
			require.NoError(t, errors.Join(errs...))
			d.clock.Advance(pause)
			if d.importNow(two.ID).State.Ended() {
				break
			}
		}
		all := map[identity.ImportResult]int{}
		for _, i := range []identity.Import{one, two} {
			for result, n := range d.importNow(i.ID).Results {
				all[result] += n
			}
		}
		require.Equal(t, map[identity.ImportResult]int{"queued": 2 - typed, "known": 6 + typed}, all)
		for _, ref := range []string{"im-1", "im-2"} {
			found, err := d.Lookup(t.Context(), ref)
			require.NoError(t, err)
			require.Len(t, found, 1, ref)
		}
		for _, ref := range []string{"im-4", "im-5"} {
			found, err := d.Lookup(t.Context(), ref)
			require.NoError(t, err)
			require.Empty(t, found, ref)
		}
	})
}

func TestImportPausesAndStops(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		var rows []identity.ImportRow
		for n := range 6 {
			rows = append(rows, goodRow(n+2, fmt.Sprintf("im-%d", n)))
		}
		i := d.importRows("file", rows...)
		_, err := d.TurnImport(t.Context(), i.ID, identity.PauseImport, lea(audit.PausedImport))
		require.Equal(t, fault.Conflict, fault.KindOf(err), "what does not run cannot pause")
		d.turn(i, identity.StartImport)
		d.stepImport()
		d.turn(i, identity.PauseImport)
		d.stepImport()
		d.clock.Advance(time.Hour)
		d.noJob("import")
		require.Equal(t, 4, d.importNow(i.ID).Results["new"])
		d.turn(i, identity.StartImport)
		d.stepImport()
		require.Equal(t, 2, d.importNow(i.ID).Results["new"], "what is overdue takes nobody's place")
		d.turn(i, identity.StopImport)
		require.Equal(t, map[identity.ImportResult]int{"queued": 4, "left": 2}, d.importNow(i.ID).Results)
		require.Equal(t, []identity.ImportStepKind{"uploaded", "started", "paused", "went_on", "stopped"}, stepKinds(d.importNow(i.ID)))
		_, err = d.TurnImport(t.Context(), i.ID, identity.StartImport, lea(audit.StartedImport))
		require.Equal(t, fault.Conflict, fault.KindOf(err))
		d.stepImport()
		require.Equal(t, "7 left im-5", d.resultLines(i.ID)[5])
		held, err := d.HoldsGiven(t.Context(), i.ID)
		require.NoError(t, err)
		require.Zero(t, held)
	})
}

// What an import has read is erased when its time is over, and the import itself a month after its end.
func TestImportsGoInTime(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		never := d.importRows("never started", goodRow(2, "im-1"), wrongRow(3, "im-2"))
		d.clock.Advance(identity.ImportPreviewKept - time.Second)
		d.noJob("import")
		rows, err := d.WrongRows(t.Context(), never.ID)
		require.NoError(t, err)
		require.Equal(t, []identity.ImportRow{wrongRow(3, "im-2")}, rows)
		d.clock.Advance(time.Second)
		d.stepImport()
		require.Equal(t, identity.ImportExpired, d.importNow(never.ID).State)
		require.Equal(t, []string{"2 left im-1", "3 wrong "}, d.resultLines(never.ID))
		d.clock.Advance(identity.ImportErrorsKept)
		d.stepImport()
		require.False(t, d.importNow(never.ID).Holds)
		rows, err = d.WrongRows(t.Context(), never.ID)
		require.NoError(t, err)
		require.Empty(t, rows)
		lines, err := d.ImportLines(t.Context(), never.ID, identity.ImportLines{Result: identity.RowWrong, Errors: true})
		require.NoError(t, err)
		require.Equal(t, []identity.ImportLine{{Line: 3, Result: identity.RowWrong, Fields: []string{"person_details.first_name", "metadata"}}}, lines)
		require.Equal(t, []identity.ImportStepKind{"uploaded", "expired", "erased"}, stepKinds(d.importNow(never.ID)))
		d.clock.Advance(identity.ImportKept - identity.ImportErrorsKept - time.Second)
		d.noJob("import")
		d.clock.Advance(time.Second)
		d.stepImport()
		_, err = d.Import(t.Context(), never.ID)
		require.Equal(t, fault.NotFound, fault.KindOf(err))
		d.clock.Advance(time.Hour)
		d.noJob("import")

		stopped := d.importRows("stopped", goodRow(2, "im-1"))
		d.turn(stopped, identity.StopImport)
		d.stepImport()
		d.clock.Advance(identity.ImportErrorsKept)
		d.stepImport()
		require.Equal(t, []string{"2 left im-1"}, d.resultLines(stopped.ID), "it is told of for a month")
		d.clock.Advance(identity.ImportKept)
		d.stepImport()
		found, err := d.Imports(t.Context(), identity.ImportFilter{})
		require.NoError(t, err)
		require.Empty(t, found.Items)
	})
}

// A row that was altered where it is stored stops no other.
func TestImportRowThatDoesNotOpen(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.importRows("file", goodRow(2, "im-1"), goodRow(3, "im-2"))
		require.NoError(t, d.SwapGiven(t.Context(), i.ID, 2, 3))
		d.turn(i, identity.StartImport)
		d.stepImport()
		require.Equal(t, []string{"2 unread im-1", "3 queued im-2"}, d.resultLines(i.ID))
		require.Equal(t, identity.ImportDone, d.importNow(i.ID).State)
	})
}

// Nothing that a row gives stands in the file in clear.
func TestImportSealsWhatItReads(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.importRows("file", goodRow(2, "im-1"), wrongRow(3, "Zarathorn"))
		texts, err := d.AllTexts(t.Context())
		require.NoError(t, err)
		for _, text := range texts {
			for _, value := range []string{"Quillon", "Zarathorn", "917-55-0417", "Wrenfeather", "zarathorn"} {
				require.NotContains(t, text, value)
			}
		}
		require.Equal(t, 1, d.importNow(i.ID).Wrong)
	})
}
