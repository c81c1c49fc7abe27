package main

import (
	"time"

	"identitydesk/internal/budget"
	"identitydesk/internal/config"
	"identitydesk/internal/identity"
	"identitydesk/internal/moves"
)

// sendMoves has the runner send what people ask of Paxos.
func (d *desk) sendMoves() {
	send := moves.New(moves.Options{Store: d.store, Now: time.Now, Log: d.log})
	for kind, handler := range d.moveKinds() {
		d.handleGated(moves.JobKind(kind), 0, send.Job(handler))
	}
}

// moveKinds are the kinds of moves, and what makes the calls of each, at the priority of submissions.
func (d *desk) moveKinds() map[identity.MoveKind]moves.Handler {
	paxos := d.paxos.At(budget.Submission)
	correct := moves.Correct(paxos, d.store)
	kinds := map[identity.MoveKind]moves.Handler{
		identity.MoveCorrect: correct, identity.MoveRefresh: correct, identity.MoveControl: moves.Control(paxos),
		identity.MoveAccount: moves.Account(paxos),
	}
	if d.rehearses() {
		kinds[identity.MoveRehearse] = moves.Rehearse(paxos)
	}
	return kinds
}

// rehearses reports whether people may set statuses by hand: never in production.
func (d *desk) rehearses() bool { return d.cfg.PaxosEnv != config.Production }
