package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// table is what was measured, a line each: what, the figure, its reference of the same run, and how many times the reference it is.
type table struct{ lines [][4]string }

func (t *table) add(what, is, reference, times string) {
	t.lines = append(t.lines, [4]string{what, is, reference, times})
}

// queue adds the lines of the queue page: packed, its reference, the same not packed, and the bare statement.
func (t *table) queue(n int, l []load) {
	of := fmt.Sprintf("queue page, %s identities", thousands(n))
	t.add(of+", gzip: CPU a page", micro(l[0].cpu), micro(l[1].cpu)+" same bytes, same server", times(l[0].cpu, l[1].cpu))
	t.add("  not compressed: CPU a page", micro(l[2].cpu), micro(l[3].cpu)+" same bytes, same server", times(l[2].cpu, l[3].cpu))
	t.add("  its rows from the bare driver: CPU", "", micro(l[4].cpu), times(l[2].cpu, l[4].cpu))
	t.add("  gzip: pages a second", rate(l[0].perSecond), rate(l[1].perSecond)+" same bytes", "")
	t.add("  gzip: p50", milli(l[0].p50), milli(l[1].p50)+" same bytes", times(l[0].p50, l[1].p50))
	t.add("  gzip: p99", milli(l[0].p99), milli(l[1].p99)+" same bytes", times(l[0].p99, l[1].p99))
}

// lookup adds a line for look-ups by one kind of id; both are sorted.
func (t *table) lookup(kind string, n int, desk, driver []time.Duration) {
	half, tail := len(desk)/2, len(desk)*99/100
	t.add(fmt.Sprintf("look-up by %s, %s identities: p50", kind, thousands(n)), micro(desk[half]), micro(driver[half])+" bare statement",
		times(desk[half], driver[half]))
	t.add("  p99", micro(desk[tail]), micro(driver[tail])+" bare statement", times(desk[tail], driver[tail]))
}

func (t *table) weight(plain, packed, first int) {
	t.add("queue page, 50 rows: size", kib(plain), "", "")
	t.add("  gzip, with its files: a first visit", kib(first), "", "")
	t.add("  gzip: later visits", kib(packed), "", "")
}

func (t *table) start(n int, took, bare time.Duration) {
	t.add(fmt.Sprintf("start to ready, %s identities", thousands(n)), milli(took), milli(bare)+" a start that does nothing", times(took, bare))
}

func (t *table) memory(n, pages int, crowded, alone int64) {
	t.add(fmt.Sprintf("memory, %s identities, %d open pages", thousands(n), pages), mib(crowded), mib(alone)+" none open", "")
}

// write writes the table, and in what state the machine was.
func (t *table) write(to io.Writer) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "what\tmeasured\treference\ttimes")
	for _, l := range t.lines {
		_, _ = fmt.Fprintln(w, strings.TrimRight(strings.Join(l[:], "\t"), "\t"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(to, "%s/%s, %d processors, %s%s\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), loadAverage())
	return err
}

// loadAverage is how busy the machine was, where it tells; this run is part of it.
func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	words := strings.Fields(string(text))
	if err != nil || len(words) < 3 {
		return ""
	}
	return ", load average " + strings.Join(words[:3], " ")
}

func micro(d time.Duration) string { return strconv.FormatInt(d.Microseconds(), 10) + " µs" }

func milli(d time.Duration) string {
	return strconv.FormatFloat(float64(d.Microseconds())/1000, 'f', 1, 64) + " ms"
}

func rate(perSecond float64) string { return strconv.FormatFloat(perSecond, 'f', 0, 64) + "/s" }

func kib(n int) string { return strconv.FormatFloat(float64(n)/1024, 'f', 1, 64) + " KiB" }

func mib(n int64) string { return strconv.FormatInt(n>>20, 10) + " MiB" }

func times(a, b time.Duration) string {
	if b == 0 {
		return ""
	}
	return strconv.FormatFloat(float64(a)/float64(b), 'f', 1, 64)
}

// thousands groups a number's digits.
func thousands(n int) string {
	digits := strconv.Itoa(n)
	for k := len(digits) - 3; k > 0; k -= 3 {
		digits = digits[:k] + "," + digits[k:]
	}
	return digits
}
