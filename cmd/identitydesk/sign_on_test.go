package main

import (
	"bufio"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// idp is a certified identity provider in a process of its own.
type idp struct {
	t          *testing.T
	addr, desk string
	log        lockedBuffer
	cmd        *exec.Cmd
}

// start starts the provider, with keys that it has never had, and waits until it answers.
func (p *idp) start() {
	p.t.Helper()
	library, err := filepath.Abs("../../static/node_modules/oidc-provider/lib/index.js")
	require.NoError(p.t, err)
	require.FileExists(p.t, library, "the provider of the tests is not installed: run `make assets`")
	_, port, err := net.SplitHostPort(p.addr)
	require.NoError(p.t, err)
	p.cmd = exec.CommandContext(p.t.Context(), "node", "testdata/provider.mjs", library, port, p.desk)
	p.cmd.Stderr = &p.log
	out, err := p.cmd.StdoutPipe()
	require.NoError(p.t, err)
	require.NoError(p.t, p.cmd.Start())
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "ready") {
			return
		}
	}
	p.t.Fatalf("the provider did not start:\n%s", p.log.String())
}

func (p *idp) stop() {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Kill())
	_ = p.cmd.Wait() // it was killed, and says so
}

// signInAt goes from the desk's log-in to the provider and signs in there; where it leads is seen by what waits.
func (b *browser) signInAt(user string, then chromedp.CSS) {
	b.t.Helper()
	b.run("go to the provider", click(`[data-testid="oidc"]`), chromedp.WaitReady(named("login")))
	b.run("sign in there", chromedp.SendKeys(named("login"), user), chromedp.SendKeys(named("password"), "any"),
		chromedp.Submit(named("login")), chromedp.WaitReady(chromedp.CSS(`input[name="prompt"][value="consent"]`)))
	b.run("agree", chromedp.Submit(named("prompt")), chromedp.WaitReady(then))
}

// TestSingleSignOn goes every way between the desk and a certified provider with a browser: in, out on either side, not in at all;
// while it is down, and after its keys have changed.
func TestSingleSignOn(t *testing.T) {
	t.Parallel()
	addr := freeAddr(t)
	provider := &idp{t: t, addr: freeAddr(t), desk: "http://" + addr}
	desk := boot(t, "LISTEN_ADDR="+addr, "OIDC_ISSUER=http://"+provider.addr, "OIDC_CLIENT_ID=desk", "OIDC_CLIENT_SECRET=s3cret-of-the-desk",
		"OIDC_ROLES_CLAIM=groups", "OIDC_ROLE_MAP=desk-analysts=analyst", "OIDC_SCOPES=openid profile groups")
	b := desk.open(t)
	b.visit("/identities")
	require.Equal(t, "/login?next=%2Fidentities", b.place())
	b.waitFor("does not answer just now")

	provider.start()
	t.Cleanup(provider.stop)
	for end := time.Now().Add(patience); strings.Contains(b.main(), "does not answer"); time.Sleep(200 * time.Millisecond) {
		require.True(t, time.Now().Before(end), "the provider was never asked again:\n%s", desk.Log.tail())
		b.visit("/login?next=%2Fidentities")
	}
	b.signInAt("dana", `[data-testid="person"]`)
	require.Equal(t, "/identities", b.place())
	require.Contains(t, b.text(`[data-testid="person"]`), "Dana Kim")

	// Out, here and there: the provider asks for a password again.
	b.run("sign out", click(`[data-testid="person"] summary`), chromedp.Submit(chromedp.CSS(`form[action="/logout"]`)),
		chromedp.WaitReady(chromedp.CSS(`button[name="logout"]`)))
	require.Contains(t, ask(b, "read the address", chromedp.Location()), provider.addr+"/session/end")
	b.run("agree", click(`button[name="logout"]`), chromedp.WaitReady(chromedp.CSS(`[data-testid="oidc"]`)))
	require.Equal(t, "/login", b.place())

	// Somebody without a role.
	b.signInAt("vic", `[data-testid="no-entry"]`)
	require.Contains(t, b.main(), "Ask an admin of your organisation’s identity provider")
	b.run("be somebody else", click(`[data-testid="no-entry"] a`), chromedp.WaitReady(named("login")))

	// New keys; and out at the provider alone, which tells the desk behind the browser's back.
	provider.stop()
	provider.start()
	b.visit("/login")
	b.signInAt("dana", `[data-testid="queue"]`)
	b.run("sign out at the provider", chromedp.Navigate("http://"+provider.addr+"/session/end"), chromedp.WaitReady(chromedp.CSS(`button[name="logout"]`)),
		click(`button[name="logout"]`), chromedp.WaitNotPresent(chromedp.CSS(`button[name="logout"]`)))
	b.visit("/queue")
	require.Equal(t, "/login", b.place(), "the desk has not heard of it:\n%s\n%s", provider.log.String(), desk.Log.tail())
	for _, secret := range []string{"Dana", "Stranger", "s3cret-of-the-desk"} {
		require.NotContains(t, desk.Log.String(), secret)
	}
}
