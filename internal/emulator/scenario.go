package emulator

import (
	"math/rand/v2"
	"time"
)

// scenario is one kind of life among the seeded people.
type scenario struct {
	name  string
	share int // of a thousand
	// youngest and oldest bound how long ago the identity was created.
	youngest, oldest time.Duration
	// steps are the acts since creation; those that lie ahead are the plan.
	steps []planned
	fate  string
	// renewed gives the identity a last KYC refresh shortly after creation.
	renewed bool
	// company makes it an institution with one member who ended so.
	company string
}

// planned is an act some time after creation; spread adds up to that much.
type planned struct {
	do            string
	after, spread time.Duration
}

const (
	hour = time.Hour
	date = 24 * time.Hour
)

// scenarios are the lives besides the ordinary one, which takes the rest: most
// are decided, some 70 of 300 are not.
func scenarios() []scenario {
	pend := func(name string, share int, young, old time.Duration, steps ...planned) scenario {
		return scenario{name: name, share: share, youngest: young, oldest: old, steps: steps}
	}
	soon := func(name, fate string, age, in time.Duration) scenario {
		return scenario{name: name, share: 4, youngest: age, oldest: age, fate: fate, steps: []planned{{actApprove, age + in, 0}}}
	}
	out := []scenario{
		pend("approved after a while", 150, 2*date, 40*date, planned{actApprove, 2 * hour, 30 * hour}),
		pend("denied", 45, 3*date, 40*date, planned{actDeny, hour, 40 * hour}),
		pend("disabled", 20, 20*date, 40*date, planned{actApprove, time.Minute, hour}, planned{actDisable, 10 * date, 9 * date}),
		pend("frozen", 10, 12*date, 40*date, planned{actApprove, time.Minute, hour}, planned{actFreeze, 5 * date, 6 * date}),
		pend("documents asked for", 40, 2*date, 14*date, planned{actDocuments, hour, 30 * hour}),
		pend("documents came in", 20, 8*date, 40*date, planned{actDocuments, hour, 20 * hour}, planned{actApprove, 3 * date, 4 * date}),
		pend("possible sanctions hit", 30, 4*hour, 7*date, planned{actHold, time.Minute, hour}),
		pend("compliance review", 23, 6*hour, 9*date, planned{actCompliance, hour, 4 * hour}),
		pend("tax number not found", 23, date, 10*date, planned{actTax, hour, 10 * hour}),
		pend("risk assessment", 10, date, 6*date, planned{actRisk, time.Minute, 10 * hour}),
		pend("not verified", 10, date, 6*date, planned{actVerify, time.Minute, 10 * hour}),
		pend("silent", 27, 3*date, 18*date, planned{actSilence, time.Minute, hour}),
		pend("new", 27, 10*time.Minute, 9*hour),
		pend("unknown words", 7, date, 3*date, planned{actStrange, time.Minute, hour}),
		pend("sell only", 10, 15*date, 40*date, planned{actApprove, time.Minute, hour}, planned{actSellOnly, 8 * date, 6 * date}),
		soon("decided soon", "", 20*time.Minute, 40*time.Second),
		soon("decided soon, later", "", 65*time.Minute, 4*time.Minute),
		soon("decided soon, event lost", fateLost, 35*time.Minute, 90*time.Second),
		soon("decided soon, event twice", fateTwice, 50*time.Minute, 150*time.Second),
		soon("decided soon, event late", fateLate, 80*time.Minute, 200*time.Second),
	}
	return append(append(out, refreshes()...), companies()...)
}

// refreshes are the identities old enough for a periodic KYC refresh.
func refreshes() []scenario {
	old := func(name string, share int, age time.Duration, steps ...planned) scenario {
		first := planned{actApprove, 3 * time.Minute, hour}
		return scenario{name: name, share: share, youngest: age, oldest: age + 10*date, renewed: true, steps: append([]planned{first}, steps...)}
	}
	return []scenario{
		old("refresh open", 17, 380*date, planned{actRefresh, 370 * date, 8 * date}, planned{actExpire, 401 * date, 0}),
		old("refresh near its end", 10, 395*date, planned{actRefresh, 377 * date, 0}, planned{actExpire, 407 * date, 0}),
		old("refresh expired", 10, 402*date, planned{actRefresh, 366 * date, date}, planned{actExpire, 397 * date, 2 * date}),
		old("dormant", 7, 390*date, planned{actDormant, 365 * date, 10 * date}),
	}
}

func companies() []scenario {
	return []scenario{
		{name: "company", share: 10, youngest: 10 * date, oldest: 38 * date, company: statusApproved, steps: []planned{{actApprove, 5 * hour, 40 * hour}}},
		{
			name: "company with a failed member", share: 7, youngest: 3 * date, oldest: 12 * date, company: statusDenied,
			steps: []planned{{actApprove, 5 * hour, 20 * hour}},
		},
	}
}

func ordinary() scenario {
	return scenario{name: "approved at once", youngest: hour, oldest: 40 * date, steps: []planned{{actApprove, 2 * time.Second, 4 * time.Second}}}
}

// cast hands out n scenarios: each its share and at least one where there is
// room, the ordinary life for the rest, in a repeatable shuffle.
func cast(n int, rng *rand.Rand) []scenario {
	var out []scenario
	for _, s := range scenarios() {
		for range max(1, (n*s.share+500)/1000) {
			out = append(out, s)
		}
	}
	for len(out) < n {
		out = append(out, ordinary())
	}
	rng.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out[:n]
}

// age draws how long ago the identity was created.
func (s scenario) age(rng *rand.Rand) time.Duration {
	return s.youngest + upTo(rng, s.oldest-s.youngest)
}

func upTo(rng *rand.Rand, d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return time.Duration(rng.Int64N(int64(d))).Truncate(time.Millisecond)
}
