package emulator

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed page.html page.css
var pageFiles embed.FS

const pageRows = 25

// pages is the emulator's own small site: a list, and a page per identity. It
// shows ids and statuses, no personal details.
type pages struct {
	e    *Emulator
	tmpl *template.Template
}

// pageRoutes refuses posts from other sites, and host names that are not
// loopback, so that no web page can work the emulator from a browser.
func (e *Emulator) pageRoutes() (http.Handler, error) {
	p := &pages{e: e}
	var err error
	p.tmpl, err = template.New("page.html").Funcs(template.FuncMap{"ago": p.ago, "clock": clock}).ParseFS(pageFiles, "page.html", "page.css")
	if err != nil {
		return nil, fmt.Errorf("emulator page: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.list)
	mux.HandleFunc("GET /identities/{id}", p.identity)
	mux.HandleFunc("POST /identities/{id}/act", p.act)
	mux.HandleFunc("POST /webhooks/next", p.nextWebhook)
	mux.HandleFunc("POST /faults", p.fault)
	mux.HandleFunc("POST /webhooks/test", p.testWebhook)
	return p.localOnly(http.NewCrossOriginProtection().Handler(mux)), nil
}

func (p *pages) localOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !p.e.opts.RemotePage && !isLoopback(r.Host) {
			http.Error(w, "the emulator's page is served on loopback names only", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func isLoopback(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	addr, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return name == "localhost" || err == nil && addr.IsLoopback()
}

// listPage is what the list shows.
type listPage struct {
	Query      string
	Status     string
	Statuses   []statusCount
	Rows       []identityRow
	Page, Last int
	Total      int
	Next       string // what happens to the next webhook
	Webhooks   string // where they go
	Waiting    int    // deliveries under way
	Rehearsals []rehearsal
	Faults     []pageFault   // the buttons
	InForce    []FaultReport // what they, or commands, have set
	Events     []eventRow
}

type statusCount struct {
	Status string
	Count  int
}

type identityRow struct {
	ID, RefID, Type, Status string
	Waits                   []string
	Fate                    string
	CreatedAt, UpdatedAt    time.Time
	Ahead                   string
}

type eventRow struct {
	ID, Type, IdentityID, RefID string
	CreatedAt                   time.Time
	Undelivered                 int
	Test                        bool
}

func (p *pages) list(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	page, err := strconv.Atoi(q.Get("page"))
	if err != nil || page < 1 {
		page = 1
	}
	v := listPage{Query: strings.TrimSpace(q.Get("q")), Status: q.Get("status"), Rehearsals: rehearsals(), Faults: pageFaults(), InForce: p.e.faultsInForce()}
	p.e.mu.Lock()
	p.fillList(&v, page)
	p.e.mu.Unlock()
	p.render(w, "list", v)
}

// fillList picks the rows of a page, newest first. The caller holds the lock.
func (p *pages) fillList(v *listPage, page int) {
	found := p.e.data.matching(v.Query, v.Status)
	v.Total, v.Last = len(found), max(1, (len(found)+pageRows-1)/pageRows)
	v.Page = min(page, v.Last)
	from := (v.Page - 1) * pageRows
	for _, rec := range found[from:min(from+pageRows, len(found))] {
		v.Rows = append(v.Rows, rowOf(rec))
	}
	v.Statuses = p.e.data.countByStatus()
	v.Next, v.Webhooks, v.Waiting = p.e.faults.nextWebhook(), p.e.opts.WebhookURL, len(p.e.queue.known)
	v.Events = p.e.latestEvents(8)
}

func (d *dataset) matching(query, status string) []*record {
	var out []*record
	for _, rec := range slices.Backward(d.records) {
		if (status == "" || rec.Status == status) && (query == "" || rec.ID == query || strings.HasPrefix(rec.RefID, query)) {
			out = append(out, rec)
		}
	}
	return out
}

func (d *dataset) countByStatus() []statusCount {
	counts := map[string]int{}
	for _, rec := range d.records {
		counts[rec.Status]++
	}
	var out []statusCount
	for _, s := range allowedValues("status") {
		out = append(out, statusCount{s, counts[s]})
	}
	return out
}

func (e *Emulator) latestEvents(n int) []eventRow {
	var out []eventRow
	for _, ev := range slices.Backward(e.data.events) {
		if len(out) == n {
			break
		}
		out = append(out, e.eventRow(ev))
	}
	return out
}

func (e *Emulator) eventRow(ev *event) eventRow {
	id, _ := ev.Object["identity_id"].(string)
	row := eventRow{ID: ev.ID, Type: ev.Type, IdentityID: id, CreatedAt: ev.CreatedAt, Undelivered: ev.Undelivered, Test: ev.Test}
	if rec := e.data.byID[id]; rec != nil {
		row.RefID = rec.RefID
	}
	return row
}

func rowOf(rec *record) identityRow {
	row := identityRow{ID: rec.ID, RefID: rec.RefID, Type: rec.Type, Status: rec.Status, Fate: rec.Fate, CreatedAt: rec.CreatedAt, UpdatedAt: rec.UpdatedAt}
	for _, q := range rec.Requirements {
		row.Waits = append(row.Waits, strings.TrimSuffix(q.Type+" · "+q.Awaiting, " · "))
	}
	if len(rec.Plan) > 0 {
		row.Ahead = rec.Plan[0].Do
	}
	return row
}

// render writes a page only once it is complete.
func (p *pages) render(w http.ResponseWriter, name string, v any) {
	var b bytes.Buffer
	if err := p.tmpl.ExecuteTemplate(&b, name, v); err != nil {
		p.e.log.Error("emulator: page not rendered", "page", name, "err", err)
		http.Error(w, "the page could not be rendered, see the log", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy",
		"default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(b.Bytes())
}

func (p *pages) ago(at time.Time) string { return inWords(p.e.now().Sub(at)) }

func clock(at time.Time) string { return at.Format("2006-01-02 15:04:05") + " UTC" }

// inWords says a duration in its two largest units.
func inWords(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm %ds", int(d.Minutes()), int(d.Seconds())%60)
	case d < 24*time.Hour:
		return fmt.Sprintf("%dh %dm", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%dd %dh", int(d.Hours())/24, int(d.Hours())%24)
}

// Before and After are the neighbouring pages.
func (v listPage) Before() int { return v.Page - 1 }

// After is the page with older identities.
func (v listPage) After() int { return v.Page + 1 }
