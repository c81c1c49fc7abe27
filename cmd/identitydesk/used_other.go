//go:build !unix

package main

import (
	"errors"
	"time"
)

// usedTime is what this process has used of the processors.
func usedTime() (time.Duration, error) {
	return 0, errors.New("what a process uses of the processors is measured on Unix alone")
}
