package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"identitydesk/store"
)

type keysStatusCommand struct{}

// Run tells which keys there are, which of them the database needs, and what to do next. A desk may run meanwhile.
func (keysStatusCommand) Run(ctx context.Context, p *program) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	value, from, err := cfg.StoredEncryptionKeys()
	if err != nil {
		return err
	}
	z, err := sealingAt(ctx, &cfg, value)
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(p.stdout, "Keys of %s, and what %s needs:\n", from, cfg.DatabaseURL)
	for _, id := range z.Keys {
		_, _ = fmt.Fprintf(p.stdout, "  key %-10d  %s\n", id, keyWord(z, id))
	}
	for _, k := range z.InUse {
		if !slices.Contains(z.Keys, k.ID) {
			_, _ = fmt.Fprintf(p.stdout, "  key %-10d  MISSING: values are sealed with it, and the desk does not start without it\n", k.ID)
		}
	}
	tellWalk(p.stdout, z)
	return nil
}

func keyWord(z store.Sealing, id uint32) string {
	switch {
	case id == z.Primary:
		return "seals"
	case z.Uses(id):
		return "needed: values are sealed with it"
	case slices.Contains(z.Waiting(), id):
		return "added, does not seal yet: once every desk runs with it, `identitydesk keys rotate --promote`"
	default:
		return "not needed any more: `identitydesk keys rotate --retire`"
	}
}

// tellWalk tells how far the sealing anew has come.
func tellWalk(w io.Writer, z store.Sealing) {
	walk := z.Walk
	switch {
	case walk.To == z.Primary && !walk.Began.IsZero() && walk.Ended.IsZero():
		_, _ = fmt.Fprintf(w, "Sealed anew: %d of %d values. It goes on while the desk runs.\n", walk.Done, max(walk.Of, walk.Done))
	case len(neededOf(z)) > 0 && walk.To != z.Primary:
		_, _ = fmt.Fprintln(w, "Sealing anew begins half a minute after the desk was started with these keys.")
	}
	for _, f := range walk.Failed {
		_, _ = fmt.Fprintf(w, "%d values in %s do not open with key %d (the first: %s): they were altered, or moved from elsewhere. The key must stay.\n",
			f.Count, f.Place, f.Key, f.First)
	}
}
