package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"
)

type loadtestCommand struct {
	Identities  int           `default:"100000" help:"How many identities the data set has (${default})."`
	Connections int           `default:"16" help:"Over how many connections pages are asked for (${default})."`
	Rounds      int           `default:"5" help:"How often each figure is measured, in turns with its reference; the median counts (${default})."`
	For         time.Duration `default:"1s" help:"How long each round asks for a page (${default})."`
	Pages       int           `default:"200" help:"How many open pages the memory is measured with (${default})."`
	Profile     string        `type:"path" placeholder:"FILE" help:"Write a profile of what the queue page costs here."`
}

// leastIdentities give everybody a queue of more than a page.
const leastIdentities = 6000

// Run fills a database in a temporary folder, to a tenth and then whole, measures, and prints. Nothing of the environment counts,
// and nothing is left behind.
func (c *loadtestCommand) Run(ctx context.Context, p *program) (err error) {
	if c.Identities < leastIdentities || c.Connections < 1 || c.Rounds < 1 || c.For <= 0 || c.Pages < 0 {
		return fmt.Errorf("loadtest needs %d identities at least, a connection, a round, and some time", leastIdentities)
	}
	dir, err := os.MkdirTemp("", "identitydesk-loadtest-")
	if err != nil {
		return fmt.Errorf("make a temporary folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	t := &loadtest{loadtestCommand: *c, program: p, dir: dir}
	if err := t.measure(ctx); err != nil {
		return err
	}
	return t.table.write(p.stdout)
}

// loadtest is one run of the command.
type loadtest struct {
	loadtestCommand
	program *program
	dir     string
	table   table
}

// measure does so in the order of the table.
func (t *loadtest) measure(ctx context.Context) error {
	s, err := openSite(ctx, t.dir)
	if err != nil {
		return err
	}
	defer func() { _ = s.close() }()
	for _, n := range slices.Compact([]int{max(leastIdentities, t.Identities/10), t.Identities}) {
		began := time.Now()
		if err := s.data.Grow(ctx, n); err != nil {
			return err
		}
		t.tell("%s identities after %s", thousands(n), time.Since(began).Round(time.Second))
		if err := t.queue(ctx, s, n); err != nil {
			return err
		}
	}
	if err := t.lookups(ctx, s); err != nil {
		return err
	}
	if err := t.weight(ctx, s); err != nil {
		return err
	}
	if err := s.close(); err != nil {
		return err
	}
	return t.processes(ctx)
}

// tell says how far it is.
func (t *loadtest) tell(format string, args ...any) {
	_, _ = fmt.Fprintf(t.program.stderr, format+" …\n", args...)
}
