package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/budget"
	"identitydesk/internal/emulator"
	"identitydesk/internal/fault"
	"identitydesk/internal/identity"
	"identitydesk/internal/paxos"
)

// talk is the desk's client and the emulated Paxos that it talks to.
type talk struct {
	*paxos.Client
	t     *testing.T
	paxos *emulator.Emulator
}

// talkTo makes both. They share no type, so that one's mistake shows at the other.
func talkTo(t *testing.T) *talk {
	t.Helper()
	local, err := emulator.New(emulator.Options{
		ClientID: "desk", ClientSecret: "hush", SeedCount: -1, Showcase: true, DecideAfter: 200 * time.Millisecond,
		Limits: emulator.Limits{Off: true}, Log: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	var alive sync.WaitGroup
	alive.Go(func() { _ = local.Run(ctx) })
	t.Cleanup(func() { stop(); alive.Wait() })
	at := newServer(t, local.Handler())
	client, err := paxos.New(paxos.Options{
		APIURL: at + "/v2", TokenURL: at + "/oauth2/token", ClientID: "desk", ClientSecret: "hush", Version: "test",
		Budget: budget.New(budget.Options{PerSecond: 1000}),
		Scopes: []string{
			"identity:read_identity", "identity:write_identity", "identity:read_account", "identity:write_account",
			"identity:read_identity_control", "identity:write_identity_control",
		},
	})
	require.NoError(t, err)
	return &talk{Client: client, t: t, paxos: local}
}

// held is what the emulator holds under a ref_id.
func (k *talk) held(refID string) emulator.TrueRecord {
	k.t.Helper()
	for _, r := range k.paxos.Truth() {
		if r.RefID == refID {
			return r
		}
	}
	k.t.Fatalf("the emulator holds no %s", refID)
	return emulator.TrueRecord{}
}

func (k *talk) becomes(refID, status string) {
	k.t.Helper()
	require.Eventually(k.t, func() bool { return k.held(refID).Status == status }, patience, 20*time.Millisecond, "%s %s", refID, status)
}

func code(err error) string { return fault.Describe(err) }

func TestDocumentsReachPaxos(t *testing.T) {
	t.Parallel()
	k := talkTo(t)
	id := k.held("demo-documents-half").ID
	before, pending, err := k.Documents(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, []string{"PROOF_OF_RESIDENCY"}, pending)
	require.Len(t, before, 1)
	_, err = k.StartUpload(t.Context(), id, before[0].Name, pending)
	require.Equal(t, "conflict "+identity.FileNameTaken, code(err))
	up, err := k.StartUpload(t.Context(), id, identity.OtherFileName(before[0].Name, 2), pending)
	require.NoError(t, err)

	require.Equal(t, "invalid "+identity.FileRefused, code(k.PutFile(t.Context(), up.URL, "application/pdf", 6, strings.NewReader("GIF89a"))))
	require.Equal(t, "internal file_unreadable", code(k.PutFile(t.Context(), up.URL, "application/pdf", 60, strings.NewReader("%PDF-1.7"))))
	require.NoError(t, k.paxos.Misbehave(emulator.Fault{Call: emulator.CallUpload, Do: emulator.DoDropAfter, Times: 1}))
	bill := "%PDF-1.7 an invented bill"
	send := func() error {
		return k.PutFile(t.Context(), up.URL, "application/pdf", int64(len(bill)), strings.NewReader(bill))
	}
	require.Equal(t, fault.Lost, fault.KindOf(send()))
	require.NoError(t, send(), "the second step alone is made again")
	sum := sha256.Sum256([]byte(bill))
	require.Contains(t, k.held("demo-documents-half").Documents,
		emulator.TrueDocument{FileID: up.FileID, Types: pending, Size: int64(len(bill)), SHA256: hex.EncodeToString(sum[:])})
	_, pending, err = k.Documents(t.Context(), id)
	require.NoError(t, err)
	require.Empty(t, pending)
	k.becomes("demo-documents-half", "APPROVED")
	require.Equal(t, "conflict "+identity.UploadExpired, code(k.PutFile(t.Context(), up.URL+"x", "application/pdf", 8, strings.NewReader("%PDF-1.7"))))
}

func TestControlsReachPaxos(t *testing.T) {
	t.Parallel()
	k := talkTo(t)
	ask := identity.ControlAsk{PaxosID: k.held("demo-account").ID, Type: identity.Closed, ReasonCode: "END_USER_REQUEST", Reason: "asked by phone"}
	require.NoError(t, k.paxos.Misbehave(emulator.Fault{Call: emulator.CallSetControl, Do: emulator.DoDropAfter, Times: 1}))
	asked := time.Now()
	_, err := k.SetControl(t.Context(), ask)
	require.Equal(t, fault.Lost, fault.KindOf(err))
	all, err := k.Controls(t.Context(), ask.PaxosID, false)
	require.NoError(t, err)
	set, found := ask.Found(all, asked)
	require.True(t, found, "it had come")
	require.NoError(t, k.RemoveControl(t.Context(), set.ID, "it is over"))
	require.Equal(t, fault.NotFound, fault.KindOf(k.RemoveControl(t.Context(), set.ID, "it is over")))
	all, err = k.Controls(t.Context(), ask.PaxosID, true)
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.False(t, all[0].DeletedAt.IsZero())

	byPaxos, err := k.Controls(t.Context(), k.held("demo-control-by-paxos").ID, false)
	require.NoError(t, err)
	require.Equal(t, "conflict "+identity.NotOverridable, code(k.RemoveControl(t.Context(), byPaxos[0].ID, "we would like it")))
}

func TestAccountsReachPaxos(t *testing.T) {
	t.Parallel()
	k := talkTo(t)
	draft := identity.AccountDraft{CreateProfile: true, Account: identity.AccountFields{
		PaxosID: k.held("demo-control-by-us").ID, RefID: "account-7", Type: identity.Brokerage, Description: "Brokerage",
		Members: []identity.AccountMember{{PaxosID: k.held("demo-account").ID, Roles: []string{"AUTHORIZED_USER"}}},
	}}
	asked := time.Now()
	require.NoError(t, k.paxos.Misbehave(emulator.Fault{Call: emulator.CallCreateAccount, Do: emulator.DoTruncate, Times: 1}))
	_, err := k.CreateAccount(t.Context(), draft)
	require.Equal(t, fault.Lost, fault.KindOf(err))
	_, err = k.CreateAccount(t.Context(), draft)
	require.Equal(t, "conflict "+identity.AccountRefIDTaken, code(err))
	exists, is := errors.AsType[*identity.AccountExists](err)
	require.True(t, is)
	all, err := k.Accounts(t.Context(), draft.Account.PaxosID)
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Equal(t, exists.Account.ID, all[0].ID)
	require.True(t, draft.IsOurs(all[0], asked))
	require.NotEmpty(t, all[0].ProfileID)
	require.Equal(t, draft.Account.Members, all[0].Members)

	draft.Account.RefID, draft.Account.PaxosID = "account-8", k.held("demo-trust").ID
	_, err = k.CreateAccount(t.Context(), draft)
	require.Equal(t, "conflict "+identity.WrongStatus, code(err))
}

func TestCorrectionsReachPaxos(t *testing.T) {
	t.Parallel()
	k := talkTo(t)
	open := k.held("demo-refresh-open")
	day := time.Now().UTC().Truncate(24 * time.Hour)
	refresh, err := k.HeldRefresh(t.Context(), open.ID)
	require.NoError(t, err)
	require.Equal(t, []bool{true, false}, []bool{refresh.Asked, refresh.Shows(day, time.Now())})
	news, err := k.Update(t.Context(), open.ID, identity.Correction{RefreshedAt: day})
	require.NoError(t, err)
	refresh, err = k.HeldRefresh(t.Context(), open.ID)
	require.NoError(t, err)
	require.Equal(t, []any{false, day, true}, []any{refresh.Asked, refresh.LastAt, refresh.Shows(day, time.Now())})
	require.Equal(t, identity.Approved, news.Record.Status, "nothing else changed")
	require.Empty(t, k.held("demo-refresh-open").Requirements)

	before, status, err := k.Held(t.Context(), open.ID)
	require.NoError(t, err)
	require.Equal(t, identity.Approved, status)
	after := before
	after.Person.Address.City = "Elsewhere"
	news, err = k.Update(t.Context(), open.ID, identity.Correct(before, after))
	require.NoError(t, err)
	require.Equal(t, identity.Pending, news.Record.Status, "verified again")
	now, status, err := k.Held(t.Context(), open.ID)
	require.NoError(t, err)
	require.Equal(t, identity.Pending, status)
	require.Empty(t, identity.Correct(after, now).Fields(), "what was sent is all that differs")
	k.becomes("demo-refresh-open", "APPROVED")

	after.Person.FirstName = "José"
	_, err = k.Update(t.Context(), open.ID, identity.Correct(now, after))
	require.Contains(t, fault.From(err).Fields, "person_details.first_name")
	_, err = k.Update(t.Context(), open.ID, identity.Correction{RefreshedAt: time.Now().AddDate(-5, 0, 0)})
	require.Equal(t, fault.Invalid, fault.KindOf(err))
	_, err = k.Update(t.Context(), open.ID, identity.Correction{Texts: map[string]string{"ref_id": "demo-account"}})
	require.Equal(t, "conflict "+identity.RefIDTaken, code(err))
}

func TestInstitutionsReachPaxos(t *testing.T) {
	t.Parallel()
	k := talkTo(t)
	found, err := k.Identity(t.Context(), k.held("demo-partnership").ID)
	require.NoError(t, err)
	members := found.Record.Members
	require.Len(t, members, 2)
	blocks := 0
	for _, m := range members {
		if m.Blocks() {
			blocks++
			require.Equal(t, k.held("demo-member-denied").ID, m.PaxosID)
		}
	}
	require.Equal(t, 1, blocks)

	draft := identity.InstitutionDraft{
		RefID: "company-7",
		Institution: identity.InstitutionFields{
			Name: "Quillhaven Holdings", Type: "CORPORATION", SubType: "CONSTRUCTION", CIPID: "12-3456789", CIPIDType: "EIN", CIPIDCountry: "USA",
			GovtRegistrationDate: "2009-06-16T00:00:00Z",
			BusinessAddress:      identity.Address{Address1: "1 Fern Lane", City: "Austin", Province: "TX", Country: "USA", ZipCode: "78701"},
			IncorporationAddress: identity.Address{Address1: "1 Fern Lane", City: "Austin", Province: "TX", Country: "USA", ZipCode: "78701"},
			RegulationStatus:     "NON_REGULATED", TradingType: "PRIVATE",
		},
		Members: []identity.MemberDraft{{PaxosID: k.held("demo-account").ID, Roles: []string{"BENEFICIAL_OWNER"}, Ownership: "100"}},
	}
	require.Empty(t, draft.Check(time.Now()))
	news, err := k.CreateInstitution(t.Context(), draft)
	require.NoError(t, err)
	require.Equal(t, identity.Institution, news.Record.Type)
	k.becomes("company-7", "APPROVED")
	_, err = k.CreateInstitution(t.Context(), draft)
	require.Equal(t, "conflict "+identity.RefIDTaken, code(err))
	draft.RefID, draft.Institution.CIPID, draft.Members[0].PaxosID = "company-8", "12-3456780", "nobody"
	_, err = k.CreateInstitution(t.Context(), draft)
	require.Equal(t, fault.Invalid, fault.KindOf(err))
}

func TestSandboxStatusReachesPaxos(t *testing.T) {
	t.Parallel()
	k, yes := talkTo(t), true
	id := k.held("demo-account").ID
	require.NoError(t, k.SetSandboxStatus(t.Context(), id, identity.SandboxStatus{Sanctions: identity.StatusError}))
	require.Equal(t, "ERROR", k.held("demo-account").Status)
	require.NoError(t, k.SetSandboxStatus(t.Context(), id, identity.SandboxStatus{Sanctions: identity.Approved, AdminDisabled: &yes}))
	require.Equal(t, "DISABLED", k.held("demo-account").Status)
	require.Equal(t, fault.Invalid, fault.KindOf(k.SetSandboxStatus(t.Context(), id, identity.SandboxStatus{Screening: "FINE"})))
}
