package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/emulator"
)

// quillonia is a person whose every detail is found again wherever it is.
func quillonia(refID string) url.Values {
	form := duncan(refID)
	for field, value := range map[string]string{
		"first_name": "Quillonia", "last_name": "Zephyrwright", "date_of_birth": "1931-12-27", "address.address1": "77 Umbrabarrow Lane",
		"address.city": "Vexleyford", "address.zip_code": "90817", "cip_id": "073-05-1120", "phone_number": "+1 555 903 1177",
		"email": "q.zephyr@planted.example",
	} {
		form.Set("person_details."+field, value)
	}
	return form
}

// traces are the details, and what people wrote of the person, in any case and with or without what stands between digits.
func traces() []string {
	return []string{
		"Quillonia", "Zephyrwright", "1931-12-27", "19311227", "Umbrabarrow", "Vexleyford", "073-05-1120", "073051120", "555 903 1177", "5559031177",
		"planted.example", "a sister rang", "until a letter", "wrote to the bank", "Paxos wants", "court of Vexley", "Thistlewhit", "Bramblequill",
		"Wexcombe", "city is misspelt", "Marrowby", "Pellworth",
	}
}

// echo is a Paxos that refuses the people of one ref_id, and repeats in its error what it was sent.
func echo(next http.Handler, refused string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/identity/identities") || !bytes.Contains(body, []byte(refused)) {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprint(w, `{"type":"about:blank","title":"Invalid Argument","status":400,
			"detail":"Quillonia Zephyrwright, born 1931-12-27, of 77 Umbrabarrow Lane, Vexleyford: 073-05-1120 and q.zephyr@planted.example are refused",
			"meta":{"cip_id":"073-05-1120","last_name":"Zephyrwright"}}`)
	})
}

// watched is a desk in a process of its own, of which every byte is looked at.
type watched struct {
	*process
	paxos *emulator.Emulator
	dir   string
	out   *lockedBuffer
}

func watch(t *testing.T) *watched {
	t.Helper()
	w := &watched{dir: t.TempDir(), out: &lockedBuffer{}}
	w.process = &process{t: t, addr: freeAddr(t), log: w.out}
	var environ []string
	w.paxos, environ = paxosFor(t, w.addr, nil)
	api := newServer(t, echo(w.paxos.Handler(), "user-refused"))
	w.environ = append(environ, "PAXOS_API_URL="+api+"/v2", "PAXOS_TOKEN_URL="+api+"/oauth2/token", "LOG_LEVEL=debug",
		"DATABASE_URL=sqlite:"+filepath.Join(w.dir, "desk.db"), "POLL_INTERVAL=1s", "SYNC_INTERVAL=1s")
	w.start()
	t.Cleanup(w.kill)
	return w
}

// search looks for the person in every byte: the data folder, what the desk has printed, and what else is given.
func (w *watched) search(when string, more ...string) {
	w.t.Helper()
	contents := (&running{t: w.t, Dir: w.dir}).everyByte()
	require.NotEmpty(w.t, contents)
	contents["the log"] = []byte(w.out.String())
	for n, text := range more {
		contents[fmt.Sprintf("the %d. text", n)] = []byte(text)
	}
	for name, content := range contents {
		content = bytes.ToLower(content)
		for _, trace := range traces() {
			require.False(w.t, bytes.Contains(content, bytes.ToLower([]byte(trace))), "%s: %q in %s", when, trace, name)
		}
	}
}

// moves has Paxos asked for what can be asked of it about a person, each with words that are found again; and for a correction of
// another, whose case it gives.
func (w *watched) moves(ana *person, at string) (corrected string) {
	w.t.Helper()
	account := accountForm("account-1")
	account.Set("account.description", "joint with Pellworth")
	for path, form := range map[string]url.Values{
		"/accounts": account,
		"/controls": {"type": {"CLOSED"}, "reason_code": {"COMPLIANCE_EDD"}, "reason": {"Marrowby owes papers"}, "confirmed": {"on"}},
	} {
		resp, body := ana.post(at+path, form)
		require.Equal(w.t, http.StatusSeeOther, resp.StatusCode, "%s: %s", path, words(document(w.t, body).Find("main")))
	}
	ana.accountMove(strings.TrimPrefix(at, "/identities/"), "done")
	other := quillonia("user-corrected")
	other.Set("person_details.cip_id", "073-05-1121")
	corrected = strings.TrimPrefix(ana.submit(other), "/identities/")
	ana.becomes(corrected, "APPROVED")
	ana.corrects(corrected, "Wexcombe Hollow")
	ana.moved(corrected, inState("done"))
	return corrected
}

// TestPersonIsInNoByteOfTheDesk plants a person and follows them through all that can happen: accepted, refused by a Paxos that repeats
// what it was sent, waiting while the desk is killed; noted about, snoozed, revealed, searched, proposed for erasure, held, backed up.
// None of it leaves a trace in any byte of the data folder, the backup, the log or the metrics.
func TestPersonIsInNoByteOfTheDesk(t *testing.T) {
	t.Parallel()
	w := watch(t)
	desk := &running{t: t, URL: "http://" + w.addr, Log: w.out}
	ana, lea := desk.signIn("ana", "analyst"), desk.signIn("lea", "lead")
	accepted := ana.submit(quillonia("user-accepted"))
	refused := ana.submit(quillonia("user-refused"))
	ana.becomes(strings.TrimPrefix(accepted, "/identities/"), "APPROVED")
	ana.submission(strings.TrimPrefix(refused, "/identities/"), "failed")
	_, page := ana.get(refused)
	require.Contains(t, page, "Zephyrwright", "the analyst sees whom it is about")
	w.search("accepted and refused")
	corrected := w.moves(ana, accepted)
	w.search("corrected, with a control proposed and an account made")

	for _, act := range []struct {
		who    *person
		path   string
		form   url.Values
		status int
		shows  string
	}{
		{ana, refused + "/notes", url.Values{"text": {"a sister rang, Zephyrwright"}}, http.StatusSeeOther, ""},
		{ana, refused + "/snooze", url.Values{"for": {"1h"}, "reason": {"until a letter comes"}}, http.StatusSeeOther, ""},
		{ana, accepted + "/reveal", url.Values{"group": {"address"}, "reason_code": {"paxos_asked"}, "reason": {"Paxos wants the street"}}, http.StatusOK, "Umbrabarrow"},
		{ana, refused + "/reveal", url.Values{"group": {"government_id"}, "reason_code": {"paxos_asked"}, "reason": {"Paxos wants it"}}, http.StatusOK, "073-05-1120"},
		{ana, "/lookup", url.Values{"name": {"Quillonia Zephyrwright"}}, http.StatusOK, "user-accepted"},
		{ana, accepted + "/erase", url.Values{"reason_code": {"person_asked"}, "reason": {"wrote to the bank"}, "confirmed": {"on"}}, http.StatusSeeOther, ""},
		{lea, accepted + "/hold", url.Values{"reason_code": {"legal_order"}, "reason": {"the court of Vexley asks"}}, http.StatusSeeOther, ""},
		{ana, "/identities", func() url.Values {
			f := quillonia("user-wrong")
			f.Set("person_details.email", "planted.example")
			return f
		}(), http.StatusUnprocessableEntity, ""},
	} {
		resp, body := act.who.post(act.path, act.form)
		require.Equal(t, act.status, resp.StatusCode, "%s: %.300s", act.path, body)
		require.Contains(t, body, act.shows, act.path)
	}
	for _, path := range []string{"/lookup?q=073-05-1120", "/identities?q=Zephyrwright", "/nothing/Zephyrwright", accepted, refused, "/queue", "/audit"} {
		lea.get(path)
	}
	_, metrics := lea.get("/metrics")
	require.Contains(t, metrics, "identitydesk_cases")
	w.search("acted on", metrics)

	require.NoError(t, w.paxos.Misbehave(emulator.Fault{Call: emulator.CallCreate, Do: emulator.DoDelay, Delay: callTakes, Times: 1}))
	deed := given{"OTHER_DOCUMENTS", "Deed of Thistlewhit.pdf", "%PDF-1.7 " + strings.Repeat("the house Bramblequill, ", 100_000)}
	require.NoError(t, w.paxos.Misbehave(emulator.Fault{Call: emulator.CallUpload, Do: emulator.DoDelay, Delay: callTakes, Times: 1}))
	resp, body := ana.upload(strings.TrimPrefix(accepted, "/identities/"), deed, given{"OTHER_DOCUMENTS", "Thistlewhit.gif", "GIF89a Bramblequill"})
	require.Equal(t, http.StatusUnprocessableEntity, resp.StatusCode, "one of the two is refused, and named to who sent it")
	require.Contains(t, body, "Thistlewhit.gif")
	w.search("a file is on its way")
	require.NoError(t, w.paxos.Misbehave(emulator.Fault{Call: emulator.CallUpdate, Do: emulator.DoDelay, Delay: callTakes, Times: 1}))
	ana.corrects(corrected, "Wexcombe Dale")
	waiting := ana.submit(quillonia("user-waiting"))
	ana.submission(strings.TrimPrefix(waiting, "/identities/"), "sent")
	ana.underWay(w.paxos, emulator.CallUpdate)
	w.kill()
	w.search("killed while a draft and a correction wait")
	w.start()
	w.search("started again")
	ana.moved(corrected, inState("done"))
	ana.checklist(strings.TrimPrefix(accepted, "/identities/"), "OTHER_DOCUMENTS uploaded")
	w.search("the file is at Paxos")

	copied := filepath.Join(t.TempDir(), "copy.db")
	p := program{stdout: w.out, stderr: w.out, environ: w.environ}
	require.Zero(t, p.main(t.Context(), []string{"backup", copied}), w.out.tail())
	backup, err := os.ReadFile(copied)
	require.NoError(t, err)
	w.search("backed up", string(backup))
	w.end(stopSignal)
	w.search("stopped")
}
