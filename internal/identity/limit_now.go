package identity

import "time"

// LimitNow is how long the present move of a case may take; the zero Limit where no limit of the policy's runs: a submission on its
// way and a KYC refresh have terms of their own, and in what is decided nobody has a move.
func LimitNow(i Identity, p Policy, now time.Time) Limit {
	v := verdictOf(i, p, now)
	if v.DueAt == nil {
		return Limit{}
	}
	limit, calendar := (&rule{i: i, p: p, now: now, v: v}).limit()
	if !limit.After(v.MoveSince, calendar).Equal(*v.DueAt) {
		return Limit{}
	}
	return limit
}
