package emulator

import (
	"net/http"
	"slices"
	"time"
)

// pageFault is one button for a person who rehearses trouble.
type pageFault struct {
	Key, Says string
	do        func(*Emulator) error
}

// pageFaults are the buttons, in their order.
func pageFaults() []pageFault {
	set := func(f Fault) func(*Emulator) error {
		return func(e *Emulator) error { return e.Misbehave(f) }
	}
	return []pageFault{
		{"throttle", "Throttle every call for a minute", set(Fault{Do: DoAnswer, Status: http.StatusTooManyRequests, For: time.Minute, RetryAfter: time.Minute})},
		{"lose-answer", "Create the next identity, lose the answer", set(Fault{Call: CallCreate, Do: DoDropAfter, Times: 1})},
		{"unavailable", "Answer the next ten calls with 503", set(Fault{Do: DoAnswer, Status: http.StatusServiceUnavailable, Times: 10})},
		{"garbage", "Answer the next call with HTML", set(Fault{Do: DoGarbage, Times: 1})},
		{"expire", "Expire every token", func(e *Emulator) error { e.ExpireTokens(); return nil }},
		{"behave", "Behave again", func(e *Emulator) error { e.Behave(); return nil }},
	}
}

func (p *pages) fault(w http.ResponseWriter, r *http.Request) {
	key := r.PostFormValue("fault")
	i := slices.IndexFunc(pageFaults(), func(f pageFault) bool { return f.Key == key })
	if i < 0 {
		http.Error(w, "unknown fault", http.StatusUnprocessableEntity)
		return
	}
	if err := pageFaults()[i].do(p.e); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (e *Emulator) faultsInForce() []FaultReport {
	return slices.DeleteFunc(e.faults.report().Faults, func(f FaultReport) bool { return !f.InForce })
}

// nextFate is what the page can do to the next webhook, by the name on its button.
type nextFate struct{ name, do string }

func nextFates() []nextFate {
	return []nextFate{{"lost", DoLose}, {"twice", DoDuplicate}, {"late", DoDelay}, {"overtaken", DoReorder}, {"twice at once", DoAtOnce}}
}

// nextWebhook sets what becomes of the next webhook, whoever it is about, in
// place of what was set before; an empty fate leaves it alone.
func (p *pages) nextWebhook(w http.ResponseWriter, r *http.Request) {
	fate := r.PostFormValue("fate")
	i := slices.IndexFunc(nextFates(), func(n nextFate) bool { return n.name == fate })
	if i < 0 && fate != "" {
		http.Error(w, "fate must be lost, twice, late, overtaken, twice at once or empty", http.StatusUnprocessableEntity)
		return
	}
	p.e.faults.forget(func(t *toldFault) bool { return t.Call == CallWebhook })
	if i >= 0 {
		p.e.faults.tell([]Fault{{Call: CallWebhook, Do: nextFates()[i].do, Times: 1}})
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// nextWebhook names the fate of the next webhook; empty where none is set.
func (m *misbehaviour) nextWebhook() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, t := range m.told {
		if t.Call != CallWebhook || !t.inForce(m.now()) {
			continue
		}
		for _, n := range nextFates() {
			if n.do == t.Do {
				return n.name
			}
		}
	}
	return ""
}
