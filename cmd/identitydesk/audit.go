package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"identitydesk/internal/audit"
	"identitydesk/internal/config"
	"identitydesk/internal/evidence"
	"identitydesk/internal/fault"
	"identitydesk/store"
)

type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"Walk the audit log and name the first entry that does not hold; or verify an evidence pack."`
}

type auditVerifyCommand struct {
	Pack string   `arg:"" optional:"" help:"An evidence pack. Without it, the audit log of DATABASE_URL is verified; the desk may run."`
	Key  string   `help:"The public key that identitydesk keys public prints, for a pack. Get it from the desk, not from the pack."`
	Pin  []string `help:"An end that the log once had, as NUMBER:HASH, from the desk's log or from AUDIT_PIN_URL. May be given again."`
}

// Run verifies. What does not hold is an error, so that the exit code is 1.
func (v auditVerifyCommand) Run(ctx context.Context, p *program) error {
	var pins []audit.Head
	for _, text := range v.Pin {
		pin, err := audit.ParseHead(text)
		if err != nil {
			return fmt.Errorf("--pin: %w", err)
		}
		pins = append(pins, pin)
	}
	if v.Pack != "" {
		return v.verifyPack(p, pins)
	}
	return verifyLog(ctx, p, pins)
}

func verifyLog(ctx context.Context, p *program, pins []audit.Head) (err error) {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	s, err := openAsItIs(ctx, p, &cfg)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	found, err := s.VerifyAudit(ctx, pins...)
	if err != nil {
		return fmt.Errorf("%w (the chain holds up to entry %d)", err, found.Entries)
	}
	_, err = fmt.Fprintf(p.stdout, "The audit log holds: %d entries.\nIts end: %s\nPinned ends found in it: %d. Reasons whose words were erased: %d.\n",
		found.Entries, found.Head, found.Pins, found.Erased)
	return err
}

// openAsItIs opens a database that is there and changes nothing in it.
func openAsItIs(ctx context.Context, p *program, cfg *config.Config) (*store.Store, error) {
	if _, err := os.Stat(cfg.DatabaseURL.Path); err != nil {
		return nil, fault.Wrap(fault.NotFound, "There is no database at "+cfg.DatabaseURL.Path+".", err)
	}
	keys, err := ensureKeys(cfg)
	if err != nil {
		return nil, err
	}
	s, err := store.Open(ctx, store.Options{
		URL: cfg.DatabaseURL.String(), Sealer: keys.sealer, Index: keys.sealer, Policy: policy(cfg), Now: time.Now,
		Log: newLog(p.stderr, cfg.LogLeast(), string(cfg.LogFormat)),
	})
	if err != nil {
		return nil, fmt.Errorf("open the database %s: %w", cfg.DatabaseURL, err)
	}
	if err := s.Fits(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// mostPack is how large a pack may be that is read.
const mostPack = 1 << 30

func (v auditVerifyCommand) verifyPack(p *program, pins []audit.Head) error {
	if v.Key == "" {
		return fault.New(fault.Malformed, "Name the desk's public key: --key PUBLIC. `identitydesk keys public` prints it at the desk; a key that is read from the pack proves nothing.")
	}
	key, err := evidence.ParseKey(v.Key)
	if err != nil {
		return fmt.Errorf("--key: %w", err)
	}
	info, err := os.Stat(v.Pack)
	if err != nil {
		return fault.Wrap(fault.NotFound, "The pack cannot be read.", err)
	}
	if info.Size() > mostPack {
		return fault.New(fault.TooLarge, "The pack is larger than any that a desk makes.")
	}
	pack, err := os.ReadFile(v.Pack)
	if err != nil {
		return fault.Wrap(fault.NotFound, "The pack cannot be read.", err)
	}
	report, err := evidence.Verify(pack, key, pins)
	if err != nil {
		return fmt.Errorf("the pack does not hold: %w", err)
	}
	_, err = fmt.Fprint(p.stdout, report)
	return err
}
