package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"identitydesk/internal/fault"
)

// noteEvery is how often a program that seals says so in `sealing_keys`.
const noteEvery = 10 * time.Second

// noting is a sealer that remembers that it has sealed. The next commit then writes down with which key: it comes before, or holds,
// whatever was sealed, so that no value is ever stored whose key is not in the list.
type noting struct {
	Sealer
	used  atomic.Bool
	noted time.Time // by the writer
}

// Seal seals.
func (n *noting) Seal(plain, ad []byte) ([]byte, error) {
	n.used.Store(true)
	return n.Sealer.Seal(plain, ad)
}

// noteKey writes down, from time to time, that this program seals with its key. It gives when it did; zero where it did not.
func (t *tx) noteKey() (time.Time, error) {
	n, now := t.s.noting, t.s.moment()
	if !n.used.Load() || now.Sub(n.noted) < noteEvery && !now.Before(n.noted) {
		return time.Time{}, nil
	}
	primary, _ := n.Keys()
	return now, t.useKey(primary, now)
}

// useKey puts a key into the list of those in use.
func (t *tx) useKey(id uint32, at time.Time) error {
	return t.exec(`INSERT INTO sealing_keys (id, used_at) VALUES ($1, $2)
		ON CONFLICT (id) DO UPDATE SET used_at = excluded.used_at`, int64(id), at.UnixMilli())
}

// KeyUse is a key that may have sealed something in the database.
type KeyUse struct {
	ID     uint32
	UsedAt time.Time // when a program was last known to seal with it, to within some seconds
}

const keysQuery = `SELECT id, used_at FROM sealing_keys ORDER BY id`

func scanKeyUse(rows *sql.Rows) (k KeyUse, err error) {
	return k, rows.Scan(&k.ID, intoTime{&k.UsedAt})
}

// ownSeal makes sure that every key is there that may have sealed something. It also keeps a sealed word, by which other keys are
// found where nothing else is sealed yet.
func (t *tx) ownSeal() error {
	text, found, err := maybe(t, scanValue[string], stateQuery, stateSeal)
	if err != nil {
		return err
	}
	if found {
		return t.checkKeys(text)
	}
	sealed, err := t.s.sealer.Seal([]byte(stateSeal), placeOfSeal())
	if err != nil {
		return fmt.Errorf("try the keys: %w", err)
	}
	return t.setState(stateSeal, hex.EncodeToString(sealed))
}

func placeOfSeal() []byte { return place("state", stateSeal, "") }

// checkKeys tries the keys on the seal word and on the list. A database from before there was one has one key alone.
func (t *tx) checkKeys(text string) error {
	used, err := all(t, scanKeyUse, keysQuery)
	if err != nil {
		return err
	}
	if err := checkKeys(t.s.sealer, text, used); err != nil {
		return err
	}
	if len(used) == 0 {
		return t.useKey(keyOfWord(t.s.sealer, text), t.now)
	}
	return nil
}

// checkKeys refuses keys with which something in the database cannot be opened.
func checkKeys(sealer Sealer, text string, used []KeyUse) error {
	if id := keyOfWord(sealer, text); id != 0 && !usesKey(used, id) {
		used = append(slices.Clone(used), KeyUse{ID: id})
	}
	missing := missingKeys(sealer, used)
	switch {
	case len(missing) == 0:
		return checkSeal(sealer, text)
	case len(missing) == len(used):
		return fault.New(fault.Conflict, fmt.Sprintf("This database was sealed with other ENCRYPTION_KEYS. It uses %s: missing. "+
			"Start the desk with the value that has every key it uses; `identitydesk keys status` lists them.", keyWords(missing)))
	default:
		return fault.New(fault.Conflict, fmt.Sprintf("This database holds values sealed by %s, which is not in ENCRYPTION_KEYS: "+
			"put it back, and drop it only once `identitydesk keys status` says that it may go.", keyWords(missing)))
	}
}

func usesKey(used []KeyUse, id uint32) bool {
	return slices.ContainsFunc(used, func(k KeyUse) bool { return k.ID == id })
}

func missingKeys(sealer Sealer, used []KeyUse) (missing []uint32) {
	_, have := sealer.Keys()
	for _, k := range used {
		if !slices.Contains(have, k.ID) {
			missing = append(missing, k.ID)
		}
	}
	return missing
}

func keyWords(ids []uint32) string {
	words := make([]string, len(ids))
	for n, id := range ids {
		words[n] = fmt.Sprintf("key %d", id)
	}
	return strings.Join(words, " and ")
}

func keyOfWord(sealer Sealer, text string) uint32 {
	sealed, err := hex.DecodeString(text)
	if err != nil {
		return 0
	}
	return sealer.KeyOf(sealed)
}

// checkSeal tries the keys on the word that a desk seals at its first start.
func checkSeal(sealer Sealer, text string) error {
	sealed, err := hex.DecodeString(text)
	if err == nil {
		_, err = sealer.Open(sealed, placeOfSeal())
	}
	if err != nil {
		return fault.Wrap(fault.Conflict, "This database was sealed with other ENCRYPTION_KEYS: use those.", err)
	}
	return nil
}

// TryKeys tries keys on the database at a URL, which is not changed: Conflict where it uses one that is not among them. What else is
// wrong, that there is none yet included, is left to who opens it.
func TryKeys(ctx context.Context, url string, sealer Sealer) error {
	src, err := sourceFile(url)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	} else if err != nil {
		return err
	}
	db, err := sql.Open(src.driver, src.reader)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	err = opens(ctx, db, sealer)
	if fault.KindOf(err) != fault.Conflict {
		err = nil
	}
	return errors.Join(err, db.Close())
}

// Sealing is which keys a database needs, and how far a change of keys has come.
type Sealing struct {
	Primary uint32   // the key that seals
	Keys    []uint32 // all that open, in the order in which they were added
	InUse   []KeyUse // those that may have sealed something
	Walk    Reseal   // the last walk, or the one under way; zero before the first
}

// Uses reports whether something may be sealed with a key.
func (s Sealing) Uses(id uint32) bool {
	return usesKey(s.InUse, id)
}

// Former are the keys before the one that seals.
func (s Sealing) Former() []uint32 { return s.Keys[:slices.Index(s.Keys, s.Primary)] }

// Waiting are the keys behind the one that seals: they were added and do not seal yet.
func (s Sealing) Waiting() []uint32 { return s.Keys[slices.Index(s.Keys, s.Primary)+1:] }

// Idle are the former keys with which nothing is sealed any more: they may go.
func (s Sealing) Idle() []uint32 {
	return slices.DeleteFunc(slices.Clone(s.Former()), s.Uses)
}

// Sealing tells which keys the database needs.
func (s *Store) Sealing(ctx context.Context) (Sealing, error) {
	z, err := sealingOf(s.reader(ctx), s.sealer)
	return z, s.mask(err)
}

func sealingOf(q querier, sealer Sealer) (z Sealing, err error) {
	z.Primary, z.Keys = sealer.Keys()
	if z.InUse, err = all(q, scanKeyUse, keysQuery); err != nil {
		return z, err
	}
	text, _, err := maybe(q, scanValue[string], stateQuery, stateReseal)
	if err != nil {
		return z, err
	}
	w, err := readWalk(text)
	z.Walk = w.Reseal
	return z, err
}

// SealingAt is [Store.Sealing] of the database at a URL, which must be there and is not changed. A desk may run on it.
func SealingAt(ctx context.Context, url string, sealer Sealer) (Sealing, error) {
	src, err := sourceFile(url)
	if err != nil {
		return Sealing{}, err
	}
	s := &Store{src: src, sealer: sealer}
	if s.read, err = sql.Open(src.driver, src.reader); err != nil {
		return Sealing{}, fmt.Errorf("open the database: %w", err)
	}
	z, err := sealingOf(s.reader(ctx), sealer)
	if src.noTable(err) {
		err = fault.Wrap(fault.Conflict, "The database does not say which keys it needs yet: start the desk on it once, or run `identitydesk migrate`.", err)
	}
	return z, errors.Join(err, s.read.Close())
}
