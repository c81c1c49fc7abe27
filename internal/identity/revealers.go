package identity

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// RevealCount is how often one person was shown one group of fields.
type RevealCount struct {
	UserID, Name     string
	Group            Group
	Day, Week, Month int64 // in the last 24 hours, 7 days and 30 days
}

// Revealer is how often one person was shown anything.
type Revealer struct {
	UserID, Name     string
	Day, Week, Month int64
	Groups           map[Group]int64 // of the last 30 days
	Unusual          string          // what is unusual about it, in words; empty for nothing
	times            float64         // how many times as often as the rest of the team
}

// What makes a person's number unusual: that it is so large, and so many times that of the rest of the team.
const (
	unusualFrom  = 5
	unusualTimes = 3
)

// Revealers adds the counts up by person: those who reveal unusually often first, then by how often.
func Revealers(counts []RevealCount) []Revealer {
	var all []Revealer
	for _, c := range counts {
		n := slices.IndexFunc(all, func(r Revealer) bool { return r.UserID == c.UserID })
		if n < 0 {
			n = len(all)
			all = append(all, Revealer{UserID: c.UserID, Name: c.Name, Groups: map[Group]int64{}})
		}
		r := &all[n]
		r.Day, r.Week, r.Month = r.Day+c.Day, r.Week+c.Week, r.Month+c.Month
		r.Groups[c.Group] += c.Month
	}
	for n := range all {
		all[n].compare(slices.Delete(slices.Clone(all), n, n+1))
	}
	slices.SortFunc(all, func(a, b Revealer) int {
		return cmp.Or(cmp.Compare(b.times, a.times), cmp.Compare(b.Day, a.Day), cmp.Compare(b.Week, a.Week),
			cmp.Compare(b.Month, a.Month), cmp.Compare(a.Name, b.Name), cmp.Compare(a.UserID, b.UserID))
	})
	return all
}

// compare notes in which stretch of time a person stands out most from the rest of the team. A median below one counts as one: two
// are no twice as much as none.
func (r *Revealer) compare(rest []Revealer) {
	if len(rest) == 0 {
		return
	}
	for _, span := range []struct {
		words string
		of    func(Revealer) int64
	}{
		{"24 h", func(r Revealer) int64 { return r.Day }},
		{"7 days", func(r Revealer) int64 { return r.Week }},
		{"30 days", func(r Revealer) int64 { return r.Month }},
	} {
		n, usual := span.of(*r), medianOf(rest, span.of)
		times := float64(n) / max(usual, 1)
		if n >= unusualFrom && times > unusualTimes && times > r.times {
			r.times = times
			r.Unusual = fmt.Sprintf("%d in %s; the median of the rest of the team is %s", n, span.words, strconv.FormatFloat(usual, 'f', -1, 64))
		}
	}
}

func medianOf(rs []Revealer, of func(Revealer) int64) float64 {
	ns := make([]int64, len(rs))
	for n, r := range rs {
		ns[n] = of(r)
	}
	slices.Sort(ns)
	middle := len(ns) / 2
	if len(ns)%2 == 1 {
		return float64(ns[middle])
	}
	return float64(ns[middle-1]+ns[middle]) / 2
}

// RevealSpans are the stretches of time that reveals are counted in, shortest first.
func RevealSpans() [3]time.Duration { return [3]time.Duration{day, 7 * day, 30 * day} }
