package queue

import (
	"math/rand/v2"
	"time"
)

// The bounds of [Backoff].
const (
	shortestPause = time.Second
	longestPause  = 5 * time.Minute
)

// Backoff doubles from one second to five minutes and then shifts the pause by up to half of it either way, so that jobs
// which failed together do not come back together.
func Backoff(attempts int) time.Duration {
	pause := shortestPause
	for range min(attempts-1, 16) {
		pause = min(2*pause, longestPause)
	}
	return pause/2 + rand.N(pause)
}
