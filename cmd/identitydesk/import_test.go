package main

import (
	"encoding/csv"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"identitydesk/internal/emulator"
)

// fileOf is a table of people to import.
func fileOf(people ...url.Values) string {
	fields := slices.Sorted(maps.Keys(people[0]))
	rows := [][]string{fields}
	for _, p := range people {
		var cells []string
		for _, f := range fields {
			cells = append(cells, strings.Join(p[f], "|"))
		}
		rows = append(rows, cells)
	}
	var b strings.Builder
	_ = csv.NewWriter(&b).WriteAll(rows)
	return b.String()
}

// manyPlanted are so many people whose details are found again wherever they are. The last one is wrong.
func manyPlanted(n int) (refIDs []string, file string) {
	var people []url.Values
	for i := range n {
		p := quillonia(fmt.Sprintf("import-%02d", i))
		p.Set("person_details.cip_id", fmt.Sprintf("073-05-%04d", 1120+i))
		people, refIDs = append(people, p), append(refIDs, p.Get("ref_id"))
	}
	people[n-1].Set("person_details.first_name", "Quilloniä")
	return refIDs[:n-1], fileOf(people...)
}

type importJSON struct {
	State   string         `json:"state"`
	Rows    int            `json:"rows"`
	Done    int            `json:"done"`
	Results map[string]int `json:"results"`
}

// imports uploads a file as text and gives the page of its import.
func (p *person) imports(file string) string {
	p.t.Helper()
	resp, body := p.post("/imports", url.Values{"text": {file}})
	require.Equal(p.t, http.StatusSeeOther, resp.StatusCode, "%.500s", body)
	return resp.Header.Get("Location")
}

func (p *person) starts(at string) {
	p.t.Helper()
	resp, body := p.post(at+"/start", nil)
	require.Equal(p.t, http.StatusSeeOther, resp.StatusCode, "%.500s", body)
}

// until waits for an import to stand as wanted.
func (p *person) until(at, what string, ok func(importJSON) bool) (i importJSON) {
	p.t.Helper()
	p.eventually(what, func() (bool, any) {
		i = importJSON{}
		p.json(at, &i)
		return ok(i), i
	})
	return i
}

// TestImportKilled: a desk is killed in the middle of an import, and somebody else imports the same file meanwhile. Each person is at
// Paxos once, and nothing that the file tells of them is in any byte that the desk has written. A person who is typed in does not wait
// for the file.
func TestImportKilled(t *testing.T) {
	t.Parallel()
	w := watch(t)
	desk := &running{t: t, URL: "http://" + w.addr, Log: w.out}
	lea := desk.signIn("lea", "lead")
	refIDs, file := manyPlanted(25)
	at := lea.imports(file)
	require.Equal(t, map[string]int{"new": 24, "wrong": 1}, lea.until(at, "the preview", func(i importJSON) bool { return i.State == "ready" }).Results)
	w.search("looked through")
	require.NoError(t, w.paxos.Misbehave(emulator.Fault{Call: emulator.CallCreate, Do: emulator.DoDelay, Delay: 400 * time.Millisecond}))
	lea.starts(at)
	typed := duncan("user-single")
	typed.Set("person_details.cip_id", "073-07-1120")
	single := strings.TrimPrefix(lea.submit(typed), "/identities/")
	lea.submission(single, "accepted")
	lea.until(at, "some are accepted, and others wait", func(i importJSON) bool { return i.Results["accepted"] > 2 && i.Results["new"] > 0 })
	w.kill()
	w.paxos.Behave()
	w.search("killed in the middle")
	w.start()
	lea, kim := desk.signIn("lea", "lead"), desk.signIn("kim", "lead")
	again := kim.imports(file)
	kim.starts(again)
	ended := func(i importJSON) bool {
		return i.Done == i.Rows && i.Results["accepted"]+i.Results["known"]+i.Results["wrong"] == i.Rows
	}
	first := lea.until(at, "the import is done", ended)
	second := kim.until(again, "the second import is done", ended)
	require.Equal(t, 24, first.Results["accepted"]+second.Results["accepted"])
	times, before, after := map[string]int{}, 0, 0
	for _, r := range w.paxos.Truth() { // the oldest first
		times[r.RefID]++
		switch {
		case !strings.HasPrefix(r.RefID, "import-"):
		case times["user-single"] == 0:
			before++
		default:
			after++
		}
	}
	require.Equal(t, 1, times["user-single"])
	require.Greater(t, after, before, "a person who is typed in goes before the file")
	for _, refID := range refIDs {
		require.Equal(t, 1, times[refID], refID)
	}
	resp, mend := lea.get(at + "/errors.csv")
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.Contains(t, mend, "Quilloniä")
	w.search("done")
}

// TestImportInTheBrowser: a lead chooses a file, sees what is wrong, starts, and sees the rows go without touching the page.
func TestImportInTheBrowser(t *testing.T) {
	t.Parallel()
	desk := boot(t)
	b := desk.open(t)
	b.signIn("lea", "lead")
	var people []url.Values
	for n := range 3 {
		p := duncan(fmt.Sprintf("file-%d", n))
		p.Set("person_details.cip_id", fmt.Sprintf("073-06-%04d", 1120+n))
		people = append(people, p)
	}
	people[1].Set("person_details.date_of_birth", "31.01.1960")
	file := filepath.Join(t.TempDir(), "people.csv")
	require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll("\xef\xbb\xbf"+fileOf(people...), "\n", "\r\n")), 0o600))

	b.visit("/imports")
	b.waitFor("No imports")
	b.visit("/imports/new")
	b.run("choose the file", chromedp.SetUploadFiles(named("file"), []string{file}), chromedp.Submit(named("file")),
		chromedp.WaitReady(chromedp.CSS(`[data-testid="rows"]`)))
	require.Regexp(t, `^/imports/[0-9a-f-]{36}$`, b.place())
	require.Contains(t, b.main(), "Write a real date as year-month-day")
	b.run("start", click(`[data-testid="start"]`), chromedp.WaitReady(chromedp.CSS(`[data-testid="import"][data-state="done"]`)))
	b.waitFor("3 of 3 rows")
	require.Equal(t, "Accepted 2", strings.Join(strings.Fields(b.text(`[data-testid="tab-accepted"]`)), " "))
	require.Contains(t, b.main(), "Every row has had its turn")
	b.run("open a case", click(`[data-testid="row"] a`), chromedp.WaitReady(chromedp.CSS(`[data-testid="case"]`)))
	require.Contains(t, b.main(), "file-0")
}
