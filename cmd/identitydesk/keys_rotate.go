package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"identitydesk/internal/config"
	"identitydesk/internal/secret"
	"identitydesk/store"
)

type rotateCommand struct {
	Promote bool `xor:"step" help:"Let the key seal that was added last. Every desk must run with it already."`
	Retire  bool `xor:"step" help:"Drop the former keys. Refused while anything in the database may be sealed with them."`
}

// Run prints ENCRYPTION_KEYS after the next step of a change of keys. The value alone goes to standard output, so that scripts can
// capture it; what to do with it goes to standard error. Nothing is changed.
func (r rotateCommand) Run(ctx context.Context, p *program) error {
	if r.Retire {
		return p.retire(ctx)
	}
	value, from, err := p.presentKeys()
	if err != nil {
		return err
	}
	if r.Promote {
		next, id, err := secret.Promote(value)
		if err != nil {
			return err
		}
		return p.handOut(next, fmt.Sprintf(`Key %d seals from now on, once the line above is in the place of %s.
Every desk must have been started with the added key before: one that has not cannot read what this one writes.
%sThen start them with this value, one by one. What former keys sealed is sealed anew in the background; Settings,
/metrics and "identitydesk keys status" show how far it is, and say when the former keys may go.
The index keys stay as they are.
`, id, from, intoFile(from)))
	}
	next, id, err := secret.Rotate(value)
	if err != nil {
		return err
	}
	return p.handOut(next, fmt.Sprintf(`Key %d is added and does not seal yet. Put the line above in the place of %s, and start every desk with it.
%sOnce all of them run with it: identitydesk keys rotate --promote
`, id, from, intoFile(from)))
}

// intoFile says how a value gets into the file that it was read from.
func intoFile(from string) string {
	if from == secret.Variable {
		return ""
	}
	return fmt.Sprintf("Never print onto that file with >, which empties it first: print into %s.new, then mv it over.\n", from)
}

// retire drops the former keys.
func (p *program) retire(ctx context.Context) error {
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
		_, _ = fmt.Fprintln(p.stderr, "No key is dropped, since it is not known which ones the database needs:")
		return err
	}
	former := z.Former()
	if len(former) == 0 {
		return errors.New("there is no former key to drop")
	}
	if idle := z.Idle(); len(idle) < len(former) {
		return fmt.Errorf("no key is dropped: the database still needs %s of the former ones; `identitydesk keys status` says why",
			keyIDs(neededOf(z)))
	}
	next, err := secret.Retire(value, former)
	if err != nil {
		return err
	}
	return p.handOut(next, fmt.Sprintf(`The line above is %s without %s, with which nothing in %s is sealed any more.
%sKeep the former value beside the backups that were made before: they open with it alone.
`, from, keyIDs(former), cfg.DatabaseURL, intoFile(from)))
}

func neededOf(z store.Sealing) (ids []uint32) {
	for _, id := range z.Former() {
		if z.Uses(id) {
			ids = append(ids, id)
		}
	}
	return ids
}

func sealingAt(ctx context.Context, cfg *config.Config, value string) (store.Sealing, error) {
	keys, err := secret.Parse(value)
	if err != nil {
		return store.Sealing{}, err
	}
	return store.SealingAt(ctx, cfg.DatabaseURL.String(), keys)
}

// presentKeys gives the value of ENCRYPTION_KEYS, and where it is from. Where it is in the environment nothing else is asked of that,
// so that keys can be changed where no desk runs.
func (p *program) presentKeys() (value, from string, err error) {
	for _, line := range p.environ {
		if name, value, _ := strings.Cut(line, "="); name == secret.Variable && strings.TrimSpace(value) != "" {
			return value, secret.Variable, nil
		}
	}
	cfg, err := p.load()
	if err != nil {
		return "", "", err
	}
	return cfg.StoredEncryptionKeys()
}

// handOut prints a value, and what to do with it.
func (p *program) handOut(value, advice string) error {
	if _, err := fmt.Fprintln(p.stdout, value); err != nil {
		return err
	}
	_, err := fmt.Fprint(p.stderr, advice)
	return err
}

func keyIDs(ids []uint32) string {
	words := make([]string, len(ids))
	for n, id := range ids {
		words[n] = fmt.Sprintf("key %d", id)
	}
	return strings.Join(words, ", ")
}
