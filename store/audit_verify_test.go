package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/store"
	"identitydesk/store/storetest"
)

// tampered is a log of five entries in a file, with a reason each, at which somebody has been who can write to the file and has no
// keys.
type tampered struct {
	t  *testing.T
	s  *store.Store
	db *sql.DB
}

func tamperable(t *testing.T) tampered {
	t.Helper()
	url := storetest.Dialects()[0].URL(t)
	s := storetest.New(t, storetest.WithURL(url))
	for n := range 5 {
		e := ana(audit.Revealed)
		e.IdentityID, e.Object, e.Before, e.After, e.ReasonCode = "c1", "address", "x", "y", "asked"
		e.Detail, e.Reason = fmt.Sprint("detail ", n), fmt.Sprint("words ", n)
		require.NoError(t, s.Record(t.Context(), e))
	}
	db, err := sql.Open("sqlite", "file:"+url[len("sqlite:"):]+"?_pragma=synchronous(OFF)&_pragma=busy_timeout(5000)")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	l := tampered{t, s, db}
	l.keep()
	return l
}

// keep makes what the log is now what it is restored to.
func (l tampered) keep() {
	l.t.Helper()
	for _, table := range tamperedTables() {
		l.exec(`DROP TABLE IF EXISTS kept_` + table + `; CREATE TABLE kept_` + table + ` AS SELECT * FROM ` + table)
	}
}

func tamperedTables() []string { return []string{"audit", "audit_texts", "audit_pins", "state"} }

// restore makes the log what it was.
func (l tampered) restore() {
	l.t.Helper()
	for _, table := range tamperedTables() {
		l.exec(`BEGIN; DELETE FROM ` + table + `; INSERT INTO ` + table + ` SELECT * FROM kept_` + table + `; COMMIT`)
	}
}

func (l tampered) exec(query string, args ...any) {
	l.t.Helper()
	_, err := l.db.ExecContext(l.t.Context(), query, args...)
	require.NoError(l.t, err)
}

// verify gives the break; nil where the log holds.
func (l tampered) verify(pins ...audit.Head) *audit.Break {
	l.t.Helper()
	_, err := l.s.VerifyAudit(l.t.Context(), pins...)
	if err == nil {
		return nil
	}
	b, ok := errors.AsType[*audit.Break](err)
	require.True(l.t, ok, "%v", err)
	require.NotEmpty(l.t, b.Text)
	return b
}

// entry reads a row as the desk would.
func (l tampered) entry(seq int64) audit.Entry {
	l.t.Helper()
	entries, err := l.s.AuditEntries(l.t.Context(), audit.Filter{})
	require.NoError(l.t, err)
	return entries[int64(len(entries))-seq]
}

// put writes an entry over a row, or adds it.
func (l tampered) put(e audit.Entry) {
	l.t.Helper()
	l.exec(`INSERT OR REPLACE INTO audit (seq, at, actor_id, actor_name, role, action, identity_id, object, detail, before_text, after_text,
		reason_code, reason_sum, request_id, address, prev, hash, form)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		e.Seq, e.At.UnixMilli(), e.ActorID, e.ActorName, e.Role, string(e.Action), e.IdentityID, e.Object, e.Detail, e.Before, e.After,
		e.ReasonCode, e.ReasonSum, e.RequestID, e.Address, e.Prev, e.Hash, e.Form)
}

// rewrite writes all that follows an entry anew, so that the chain holds in itself.
func (l tampered) rewrite(e audit.Entry, to int64) audit.Entry {
	for seq := e.Seq + 1; seq <= to; seq++ {
		next := l.entry(seq).Chain(&e)
		l.put(next)
		e = next
	}
	return e
}

// copy puts the row that was written as one of the first five once more, under another number.
func (l tampered) copy(from, to int64) {
	l.t.Helper()
	e := l.entry(from)
	e.Seq = to
	l.put(e)
}

func shift(from, by int) string {
	return fmt.Sprintf(`UPDATE audit SET seq = -seq WHERE seq >= %d; UPDATE audit SET seq = -seq + %d WHERE seq < 0`, from, by)
}

// Whatever is done to the log behind the desk's back is found and named, and entries written afterwards do not hide it.
func TestVerifyAuditFindsTampering(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		tamper func(l tampered)
		seq    int64
		damage audit.Damage
	}{
		"the first deleted":    {func(l tampered) { l.exec(`DELETE FROM audit WHERE seq = 1`) }, 1, audit.Deleted},
		"one deleted":          {func(l tampered) { l.exec(`DELETE FROM audit WHERE seq = 3`) }, 3, audit.Deleted},
		"two deleted":          {func(l tampered) { l.exec(`DELETE FROM audit WHERE seq IN (2, 3)`) }, 2, audit.Deleted},
		"the last deleted":     {func(l tampered) { l.exec(`DELETE FROM audit WHERE seq = 5`) }, 5, audit.CutOff},
		"all deleted":          {func(l tampered) { l.exec(`DELETE FROM audit`) }, 1, audit.CutOff},
		"deleted and numbered": {func(l tampered) { l.exec(`DELETE FROM audit WHERE seq = 2;` + shift(3, -1)) }, 2, audit.Deleted},
		"the head moved back": {func(l tampered) {
			e := l.entry(4)
			l.exec(`DELETE FROM audit WHERE seq = 5; UPDATE state SET value = $1 WHERE key = 'audit_head'`, fmt.Sprintf("%d %x", e.Seq, e.Hash))
		}, 4, audit.CutOff},
		"the head moved back with a seal of another": {func(l tampered) {
			e := l.entry(4)
			l.exec(`DELETE FROM audit WHERE seq = 5;
				UPDATE state SET value = $1 || substr(value, 67) WHERE key = 'audit_head'`, fmt.Sprintf("%d %x", e.Seq, e.Hash))
		}, 4, audit.CutOff},
		"two swapped": {func(l tampered) {
			l.exec(`UPDATE audit SET seq = 2 - 4 - seq WHERE seq IN (2, 4); UPDATE audit SET seq = 4 WHERE seq = -4; UPDATE audit SET seq = 2 WHERE seq = -6`)
		}, 2, audit.Reordered},
		"one moved":     {func(l tampered) { l.exec(`UPDATE audit SET seq = 99 WHERE seq = 2`) }, 2, audit.Reordered},
		"one moved out": {func(l tampered) { l.exec(`UPDATE audit SET seq = 0 WHERE seq = 2`) }, 2, audit.Reordered},
		"one put in with a right hash": {func(l tampered) {
			before := l.entry(2)
			l.exec(shift(3, 1))
			l.put(l.entry(1).Chain(&before))
		}, 3, audit.Inserted},
		"one put in with a wrong hash": {func(l tampered) {
			e := l.entry(2)
			l.exec(shift(3, 1))
			e.Seq, e.Detail = 3, "new"
			l.put(e)
		}, 3, audit.Inserted},
		"one put in at the beginning": {func(l tampered) {
			l.exec(shift(1, 1))
			e := l.entry(1)
			e.Detail = "new"
			l.put(e.Chain(nil))
		}, 1, audit.Inserted},
		"one put in twice":      {func(l tampered) { l.exec(shift(1, 1)); l.put(l.entry(1).Chain(nil)) }, 2, audit.Inserted},
		"one put in at the end": {func(l tampered) { last := l.entry(5); l.put(l.entry(2).Chain(&last)) }, 6, audit.Inserted},
		"one put in at the end, with the head": {func(l tampered) {
			last := l.entry(5)
			e := l.entry(2).Chain(&last)
			l.put(e)
			l.exec(`UPDATE state SET value = $1 WHERE key = 'audit_head'`, fmt.Sprintf("%d %x", e.Seq, e.Hash))
		}, 6, audit.CutOff},
		"one copied behind the last":    {func(l tampered) { l.copy(3, 6) }, 6, audit.Inserted},
		"the last copied behind itself": {func(l tampered) { l.copy(5, 6) }, 6, audit.Inserted},
		"the first copied behind":       {func(l tampered) { l.copy(1, 6) }, 6, audit.Inserted},
		"one copied far behind":         {func(l tampered) { l.copy(3, 99) }, 99, audit.Inserted},
		"one copied before the first":   {func(l tampered) { l.copy(3, -1) }, -1, audit.Inserted},
		"one copied into the middle":    {func(l tampered) { l.exec(shift(4, 1)); l.copy(2, 4) }, 4, audit.Inserted},
		"one copied forward":            {func(l tampered) { l.exec(shift(2, 1)); l.copy(5, 2) }, 2, audit.Inserted},
		"copied behind, and edited": {func(l tampered) {
			l.copy(3, 6)
			l.exec(`UPDATE audit SET detail = 'new' WHERE seq = 6`)
		}, 6, audit.Inserted},
		"copied over another":      {func(l tampered) { l.exec(`DELETE FROM audit WHERE seq = 4`); l.copy(2, 4) }, 4, audit.Inserted},
		"one put before the first": {func(l tampered) { e := l.entry(2); e.Seq, e.Detail = -1, "new"; l.put(e) }, -1, audit.Inserted},
		"edited, with its hash": {func(l tampered) {
			e := l.entry(3)
			e.Detail = "new"
			e.Hash = e.Sum()
			l.put(e)
		}, 3, audit.Edited},
		"the last edited, with its hash": {func(l tampered) {
			e := l.entry(5)
			e.Detail = "new"
			e.Hash = e.Sum()
			l.put(e)
		}, 5, audit.Rewritten},
		"all of it written anew": {func(l tampered) {
			e := l.entry(3)
			e.Detail = "new"
			e.Hash = e.Sum()
			l.put(e)
			l.rewrite(e, 5)
		}, 5, audit.Rewritten},
		"all of it written anew, with the head": {func(l tampered) {
			e := l.entry(3)
			e.Detail = "new"
			e.Hash = e.Sum()
			l.put(e)
			e = l.rewrite(e, 5)
			l.exec(`UPDATE state SET value = $1 || substr(value, 67) WHERE key = 'audit_head'`, fmt.Sprintf("%d %x", e.Seq, e.Hash))
		}, 5, audit.CutOff},
		"the words of a reason edited": {func(l tampered) { l.exec(`UPDATE audit_texts SET sealed = zeroblob(length(sealed)) WHERE seq = 3`) }, 3, audit.ReasonAltered},
		"the words of another's reason": {func(l tampered) {
			l.exec(`UPDATE audit_texts SET sealed = (SELECT sealed FROM audit_texts WHERE seq = 4) WHERE seq = 3`)
		}, 3, audit.ReasonAltered},
		"the words of a reason deleted": {func(l tampered) { l.exec(`DELETE FROM audit_texts WHERE seq >= 3`) }, 3, audit.ReasonTaken},
		"the words of a reason emptied": {func(l tampered) { l.exec(`UPDATE audit_texts SET sealed = x'' WHERE seq = 2`) }, 2, audit.ReasonAltered},
		"words deleted as if the case were erased": {func(l tampered) {
			l.exec(`UPDATE identities SET erased_at = 1; DELETE FROM audit_texts WHERE seq = 4`)
		}, 4, audit.ReasonTaken},
	}
	for column, value := range map[string]string{
		"at": "at + 1", "actor_id": "'bo'", "actor_name": "'Bo'", "role": "'lead'", "action": "'claimed'", "identity_id": "'c2'",
		"object": "''", "detail": "'nothing to see'", "before_text": "''", "after_text": "'z'", "reason_code": "''", "reason_sum": "x''",
		"request_id": "'r2'", "address": "'192.0.2.1'", "prev": "zeroblob(32)", "hash": "zeroblob(32)", "form": "1",
	} {
		for _, seq := range []int64{1, 3, 5} {
			name := fmt.Sprintf("%s of %d edited", column, seq)
			value := value
			if column == "prev" {
				value = "randomblob(32)"
			}
			cases[name] = struct {
				tamper func(l tampered)
				seq    int64
				damage audit.Damage
			}{func(l tampered) { l.exec(fmt.Sprintf(`UPDATE audit SET %s = %s WHERE seq = %d`, column, value, seq)) }, seq, audit.Edited}
		}
	}
	l := tamperable(t)
	for name, c := range cases {
		l.restore()
		require.Nil(t, l.verify(), name)
		c.tamper(l)
		b := l.verify()
		require.NotNil(t, b, name)
		require.Equal(t, []any{c.seq, c.damage}, []any{b.Seq, b.Damage}, "%s: %s", name, b.Text)
		// Somebody acts: where the log can be gone on with, what was done still shows.
		if l.s.Record(t.Context(), ana(audit.LookedUp)) == nil {
			require.NotNil(t, l.verify(), "%s: an entry written afterwards hides it", name)
		}
	}
}

// A head that was kept elsewhere shows what the log alone cannot: that it was put back to what it once was.
func TestPinsFindALogThatWasPutBack(t *testing.T) {
	t.Parallel()
	l := tamperable(t)
	var was string
	require.NoError(t, l.db.QueryRowContext(t.Context(), `SELECT value FROM state WHERE key = 'audit_head'`).Scan(&was))
	require.NoError(t, l.s.Record(t.Context(), ana(audit.LookedUp)))
	pin, err := l.s.AuditHead(t.Context())
	require.NoError(t, err)
	require.Nil(t, l.verify(pin))
	l.exec(`DELETE FROM audit WHERE seq = 6; UPDATE state SET value = $1 WHERE key = 'audit_head'`, was)
	require.Nil(t, l.verify())
	b := l.verify(pin)
	require.Equal(t, []any{int64(6), audit.CutOff}, []any{b.Seq, b.Damage})

	require.NoError(t, l.s.Record(t.Context(), ana(audit.SignedOut)))
	require.Nil(t, l.verify())
	b = l.verify(pin)
	require.Equal(t, []any{int64(6), audit.Rewritten}, []any{b.Seq, b.Damage})
}

// So do the heads that the desk has kept itself; and they are missed where somebody takes them away.
func TestKeptPinsAreVerified(t *testing.T) {
	t.Parallel()
	l := tamperable(t)
	for range 3 {
		require.NoError(t, l.s.Record(t.Context(), ana(audit.LookedUp)))
		_, err := l.s.PinAudit(t.Context())
		require.NoError(t, err)
	}
	_, err := l.s.PinAudit(t.Context())
	require.NoError(t, err, "the same again")
	require.NoError(t, l.s.Record(t.Context(), ana(audit.LookedUp)))
	require.Nil(t, l.verify())
	l.keep()
	for name, c := range map[string]struct {
		tamper string
		damage audit.Damage
		seq    int64
	}{
		"one is changed":             {`UPDATE audit_pins SET hash = zeroblob(32) WHERE seq = 7`, audit.Rewritten, 7},
		"the first is deleted":       {`DELETE FROM audit_pins WHERE seq = 6`, audit.PinsAltered, 9},
		"the last is deleted":        {`DELETE FROM audit_pins WHERE seq = 8`, audit.PinsAltered, 9},
		"all are deleted":            {`DELETE FROM audit_pins`, audit.PinsAltered, 9},
		"one is put in":              {`INSERT INTO audit_pins (seq, hash, at) SELECT seq, hash, at FROM audit WHERE seq = 3`, audit.PinsAltered, 9},
		"another instead of one":     {`UPDATE audit_pins SET (seq, hash) = (SELECT seq, hash FROM audit WHERE seq = 3) WHERE seq = 7`, audit.PinsAltered, 9},
		"what they add up to is cut": {`DELETE FROM audit_pins; UPDATE state SET value = rtrim(substr(value, 1, 131)) WHERE key = 'audit_head'`, audit.CutOff, 9},
	} {
		l.restore()
		require.Nil(t, l.verify(), name)
		l.exec(c.tamper)
		b := l.verify()
		require.NotNil(t, b, name)
		require.Equal(t, []any{c.seq, c.damage}, []any{b.Seq, b.Damage}, "%s: %s", name, b.Text)
		require.NoError(t, l.s.Record(t.Context(), ana(audit.LookedUp)))
		_, err = l.s.PinAudit(t.Context())
		require.NoError(t, err)
		require.NotNil(t, l.verify(), "%s: a pin afterwards hides it", name)
	}
}

// Pins from before they were added up are taken as they are, and missed from then on.
func TestPinsFromBefore(t *testing.T) {
	t.Parallel()
	l := tamperable(t)
	h := l.entry(2)
	l.exec(`INSERT INTO audit_pins (seq, hash, at) VALUES ($1, $2, 1)`, h.Seq, h.Hash)
	require.Nil(t, l.verify())
	_, err := l.s.PinAudit(t.Context())
	require.NoError(t, err)
	require.Nil(t, l.verify())
	l.exec(`DELETE FROM audit_pins WHERE seq = 2`)
	require.Equal(t, audit.PinsAltered, l.verify().Damage)
}
