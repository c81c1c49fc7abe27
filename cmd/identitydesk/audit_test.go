package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// anywhere runs a command on a machine without a desk and without an environment.
func anywhere(t *testing.T, args ...string) (int, string) {
	t.Helper()
	out := &lockedBuffer{}
	p := program{stdout: out, stderr: out}
	code := p.main(context.WithoutCancel(t.Context()), args)
	return code, out.String()
}

// TestEvidenceOfARunningDesk: a lead takes a pack, which an auditor verifies with the public key alone; the log of the running desk is
// verified beside it, its ends are pinned to the log and to an address, and what somebody does to pack or log is found and named.
func TestEvidenceOfARunningDesk(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var taken []map[string]any
	keeper := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var pin map[string]any
		if json.NewDecoder(r.Body).Decode(&pin) == nil {
			mu.Lock()
			defer mu.Unlock()
			taken = append(taken, pin)
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(keeper.Close)
	desk := boot(t, "AUDIT_PIN_URL="+keeper.URL)
	lea := desk.signIn("lea", "lead")
	c := lea.pending()
	_, _ = lea.get("/identities/" + c.ID)

	code, out := desk.command("audit", "verify")
	require.Zero(t, code, out)
	require.Contains(t, out, "The audit log holds")
	_, end, _ := strings.Cut(out, "Its end: ")
	end, _, _ = strings.Cut(end, "\n")
	code, key := desk.command("keys", "public")
	require.Zero(t, code, key)
	key = strings.TrimSpace(key)

	resp, body := lea.post("/evidence", url.Values{"id": {c.ID}})
	require.Equal(t, http.StatusOK, resp.StatusCode, body)
	pack := filepath.Join(t.TempDir(), "pack.zip")
	require.NoError(t, os.WriteFile(pack, []byte(body), 0o600))
	code, out = anywhere(t, "audit", "verify", pack, "--key", key, "--pin", end)
	require.Zero(t, code, out)
	require.Contains(t, out, "The pack holds")
	code, out = anywhere(t, "audit", "verify", pack)
	require.Equal(t, exitFailed, code, out)
	require.Contains(t, out, "--key")
	code, out = anywhere(t, "audit", "verify", pack, "--key", strings.Repeat("ab", 32))
	require.Equal(t, exitFailed, code, out)
	require.Contains(t, out, "not the signature")

	whole := []byte(body)
	for name, at := range map[string]int{
		"index.html":    bytes.Index(whole, []byte("Evidence pack</h1>")),
		"cases.json":    bytes.Index(whole, []byte(`"paxos_id"`)),
		"audit.jsonl":   bytes.Index(whole, []byte(`"actor_name"`)),
		"README.txt":    bytes.Index(whole, []byte("To verify it")),
		"manifest.json": bytes.Index(whole, []byte(`"desk_version"`)),
		"the signature": bytes.Index(whole, []byte("manifest.sig")) + len("manifest.sig") + 5,
		"the zip's end": len(whole) - 3,
	} {
		require.Positive(t, at, name)
		changed := bytes.Clone(whole)
		changed[at] ^= 1
		require.NoError(t, os.WriteFile(pack, changed, 0o600))
		code, out = anywhere(t, "audit", "verify", pack, "--key", key)
		require.Equal(t, exitFailed, code, "%s: %s", name, out)
		require.Contains(t, out, "the pack does not hold", name)
	}

	desk.stop()
	require.Contains(t, desk.Log.String(), "audit log pinned")
	mu.Lock()
	require.NotEmpty(t, taken, "at the end, too")
	last := taken[len(taken)-1]
	mu.Unlock()
	require.Len(t, last["hash"], 64)
	code, out = desk.command("audit", "verify", "--pin", end)
	require.Zero(t, code, out)
	db, err := sql.Open("sqlite", filepath.Join(desk.Dir, "desk.db"))
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), `UPDATE audit SET actor_name = 'nobody' WHERE seq = 2`)
	require.NoError(t, err)
	require.NoError(t, db.Close())
	code, out = desk.command("audit", "verify")
	require.Equal(t, exitFailed, code)
	require.Contains(t, out, "broken at entry 2 (edited)")
	code, out = desk.command("audit", "verify", "--pin", "2")
	require.Equal(t, exitFailed, code)
	require.Contains(t, out, "--pin")
}

// TestPinsThatNobodyTakes: the desk says on its pages and to its operator that the end of the log is not kept elsewhere.
func TestPinsThatNobodyTakes(t *testing.T) {
	t.Parallel()
	keeper := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	t.Cleanup(keeper.Close)
	dir := t.TempDir()
	first := bootIn(t, dir)
	first.signIn("lea", "lead")
	first.stop()
	desk := bootIn(t, dir, "AUDIT_PIN_URL="+keeper.URL)
	lea := desk.signIn("lea", "lead")
	lea.eventually("the warning", func() (bool, any) {
		_, ready := lea.get("/readyz")
		return strings.Contains(ready, "AUDIT_PIN_URL has not taken"), ready
	})
	require.Equal(t, 1, lea.page("/queue").Find(`[data-testid="banner-unpinned"]`).Length())
	require.Contains(t, desk.Log.String(), "it answers 418")
	require.NotContains(t, desk.Log.String(), keeper.URL, "an address may hold a secret")
}

// TestLeadTakesEvidenceInTheBrowser goes from a case to its pack.
func TestLeadTakesEvidenceInTheBrowser(t *testing.T) {
	t.Parallel()
	desk := boot(t)
	c := desk.signIn("script", "analyst").pending()
	b := desk.open(t)
	b.signIn("lea", "lead")
	b.visit("/identities/" + c.ID)
	b.run("go to the form", click(`[data-testid="evidence"]`), chromedp.WaitReady(chromedp.CSS(`[data-testid="evidence-form"]`)))
	require.Equal(t, "/evidence?id="+c.ID, b.place())
	b.run("make the pack", click(`[data-testid="take-evidence"]`))
	script := desk.signIn("aud", "auditor")
	script.eventually("the pack is taken, by the lead", func() (bool, any) {
		var found struct {
			Items []struct {
				ActorName string `json:"actor_name"`
				Object    string `json:"object"`
			}
		}
		script.json("/audit?action=took_evidence&identity="+c.ID, &found)
		return len(found.Items) == 1 && found.Items[0].ActorName == "lea" && strings.HasPrefix(found.Items[0].Object, "sha256:"), found
	})
	require.Equal(t, "/evidence?id="+c.ID, b.place(), "a download leaves the page where it is")
	b.visit("/audit")
	b.run("verify the log", click(`[data-testid="verify"]`), chromedp.WaitReady(chromedp.CSS(`[data-testid="log-holds"]`)))
}
