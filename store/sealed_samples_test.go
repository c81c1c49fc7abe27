package store_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
	"identitydesk/internal/proposal"
)

// sealedSample says how two values come into a sealed place, and how all of them are read again.
type sealedSample struct {
	place string
	write func(d desk)
	read  func(d desk) error
}

// sealedSamples has a line for each sealed place: whoever adds a place adds a line.
func sealedSamples() []sealedSample {
	return []sealedSample{
		{
			"secrets.sealed",
			func(d desk) { d.submit("sealed-1"); d.submit("sealed-2") },
			func(d desk) error {
				for _, ref := range []string{"sealed-1", "sealed-2"} {
					ok, err := d.HasDraft(d.t.Context(), d.byRef(ref))
					if err != nil || !ok {
						return fmt.Errorf("the draft of %s: %t, %w", ref, ok, err)
					}
					if _, err := d.Name(d.t.Context(), d.byRef(ref)); err != nil {
						return err
					}
				}
				return nil
			},
		},
		{
			"deliveries.body",
			func(d desk) { d.deliver("sealed-ev", "r-1"); d.deliver("sealed-ev", "r-2") },
			desk.readDeliveries,
		},
		{
			"deliveries.headers",
			func(desk) {},
			desk.readDeliveries,
		},
		{
			"notes.sealed",
			func(d desk) { i := d.frozen(71, time.Hour); d.note(i.ID, "ana", "one"); d.note(i.ID, "ana", "two") },
			func(d desk) error {
				notes, err := d.Notes(d.t.Context(), d.byPaxos("px-071"))
				for _, n := range notes {
					err = errors.Join(err, unread(n.Unread))
				}
				return err
			},
		},
		{
			"audit_texts.sealed",
			func(d desk) {
				for range 2 {
					e := ana(audit.Revealed)
					e.Reason = "sealed"
					require.NoError(d.t, d.Record(d.t.Context(), e))
				}
			},
			func(d desk) error { _, err := d.VerifyAudit(d.t.Context()); return err },
		},
		{
			"proposals.asked",
			func(d desk) { d.propose(d.denied("p1"), "ana"); d.propose(d.denied("p2"), "ana") },
			desk.readProposals,
		},
		{
			"proposals.answered",
			func(d desk) {
				for _, n := range []string{"p3", "p4"} {
					_, err := d.decide(d.propose(d.denied(n), "ana"), proposal.Decline, "lea")
					require.NoError(d.t, err)
				}
			},
			desk.readProposals,
		},
		{
			"sessions.id_token",
			func(d desk) { d.arrive("ada", "hash-1", ""); d.arrive("ada", "hash-2", "") },
			func(d desk) error {
				for _, hash := range []string{"hash-1", "hash-2"} {
					if _, err := d.IDToken(d.t.Context(), []byte(hash)); err != nil {
						return err
					}
				}
				return nil
			},
		},
		{
			"documents.name",
			func(d desk) { d.upload(d.denied("d1").ID, "one.pdf"); d.upload(d.denied("d2").ID, "two.pdf") },
			func(d desk) error {
				for paxosID, name := range map[string]string{"px-d1": "one.pdf", "px-d2": "two.pdf"} {
					if got, err := d.Uploads(d.t.Context(), d.byPaxos(paxosID)); err != nil || len(got) != 1 || got[0].Name != name {
						return fmt.Errorf("the name of %s does not open: %w", name, err)
					}
				}
				return nil
			},
		},
		{
			"control_lists.sealed",
			func(d desk) {
				for _, n := range []string{"c1", "c2"} {
					i := d.asked(n)
					require.NoError(d.t, d.LookAtControls(d.t.Context(), i.ID))
					require.NoError(d.t, d.ApplyControls(d.t.Context(), d.claim("controls"), limitsOf(d, "pause")))
				}
			},
			func(d desk) (err error) {
				for _, n := range []string{"c1", "c2"} {
					_, one := d.ControlList(d.t.Context(), d.byPaxos("px-"+n))
					err = errors.Join(err, one)
				}
				return err
			},
		},
		{
			"documents.held",
			func(desk) {},
			func(d desk) error {
				for _, name := range []string{"one.pdf", "two.pdf"} {
					if got, err := d.KeyOf(d.t.Context(), name); err != nil || got != "the key of "+name {
						return fmt.Errorf("what is held of %s does not open: %w", name, err)
					}
				}
				return nil
			},
		},
		{
			"import_rows.sealed",
			func(d desk) {
				for _, file := range []string{"one", "two"} {
					d.importRows(file, wrongRow(2, "sealed-"+file))
				}
			},
			func(d desk) error {
				found, err := d.Imports(d.t.Context(), identity.ImportFilter{})
				for _, i := range found.Items {
					if _, openErr := d.WrongRows(d.t.Context(), i.ID); openErr != nil {
						err = openErr
					}
				}
				return err
			},
		},
		{
			"holds.sealed",
			func(d desk) {
				for _, n := range []string{"h1", "h2"} {
					h := identity.Hold{ByID: "lea", ByName: "lea", ReasonCode: "litigation", Reason: "a court asks for " + n}
					require.NoError(d.t, d.Hold(d.t.Context(), d.denied(n).ID, h, by("lea", audit.Held)))
				}
			},
			func(d desk) error {
				h, err := d.HoldOf(d.t.Context(), d.byPaxos("px-h1"))
				return errors.Join(err, unread(h.Unread))
			},
		},
		{
			"moves.payload",
			func(d desk) { d.queueTwo("m1", "sealed") },
			func(d desk) error {
				for range 2 {
					job := d.claim("move:sealed")
					if _, _, _, err := d.BeginMove(d.t.Context(), job); err != nil {
						return err
					}
					if err := d.MoveMissed(d.t.Context(), job, d.clock.Now(), "unavailable"); err != nil {
						return err
					}
				}
				return nil
			},
		},
		{
			"moves.failure",
			func(d desk) {
				d.queueTwo("m2", "refused")
				for range 2 {
					job := d.claim("move:refused")
					require.NoError(d.t, d.MoveFailed(d.t.Context(), job, identity.Failure{Code: identity.Refused, Text: "sealed"}, false))
				}
			},
			func(d desk) error {
				refusals, err := d.MoveFailures(d.t.Context(), d.byPaxos("px-m2"))
				for _, r := range refusals {
					err = errors.Join(err, unread(r.Unread))
				}
				return err
			},
		},
	}
}

// queueTwo queues two moves of a kind about a case.
func (d desk) queueTwo(paxosID string, kind identity.MoveKind) {
	d.t.Helper()
	i := d.denied(paxosID)
	for _, key := range []string{"1", "2"} {
		m := identity.OurMove{IdentityID: i.ID, Kind: kind, Key: key, AskedBy: "ana", AskedByName: "Ana Lyst"}
		_, err := d.QueueMove(d.t.Context(), m, []byte(`{}`), ana(audit.Corrected))
		require.NoError(d.t, err)
	}
}

func (d desk) readProposals() error {
	page, err := d.Proposals(d.t.Context(), proposal.Filter{})
	for _, p := range page.Items {
		opened, openErr := d.Proposal(d.t.Context(), p.ID)
		err = errors.Join(err, openErr, unread(identity.UnreadOf(opened.Unread)))
	}
	return err
}

func (d desk) readDeliveries() error {
	deliveries, err := d.Deliveries(d.t.Context(), "sealed-ev")
	for _, one := range deliveries {
		err = errors.Join(err, unread(one.Unread))
	}
	return err
}

func unread(why identity.Unread) error {
	if why == "" {
		return nil
	}
	return errors.New(why.Why())
}

func (d desk) byRef(refID string) string {
	d.t.Helper()
	return d.walk(identity.Filter{RefID: refID})[0].ID
}

func (d desk) byPaxos(paxosID string) string {
	d.t.Helper()
	for _, i := range d.walk(identity.Filter{}) {
		if i.PaxosID == paxosID {
			return i.ID
		}
	}
	d.t.Fatalf("no identity %s", paxosID)
	return ""
}

func (d desk) deliver(eventID, requestID string) {
	d.t.Helper()
	one := delivery(eventID, identity.EventApproved)
	one.RequestID, one.Headers = requestID, map[string][]string{"X-Trace": {requestID}}
	require.NoError(d.t, d.Receive(d.t.Context(), one))
}
