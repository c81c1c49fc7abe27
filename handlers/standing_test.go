package handlers_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/handlers"
	"identitydesk/internal/access"
	"identitydesk/internal/identity"
)

// inTokyo is a desk nine hours ahead of UTC: Monday, 2 March, 15:00 UTC is midnight there.
func inTokyo(o *handlers.Options) {
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		panic(err)
	}
	o.Location = tokyo
}

// approvedSince is a case found on 2 March at 15:00 UTC, and approved a day and an hour later.
func (d *desk) approvedSince() identity.Identity {
	d.t.Helper()
	d.learn(nil)
	d.clock.Advance(25 * time.Hour)
	i := d.learn(func(r *identity.Record) { r.Status, r.UpdatedAt = identity.Approved, d.clock.Now() })
	d.clock.Advance(24 * time.Hour)
	return i
}

func TestStatusAtAMoment(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.approvedSince()
	b := d.as(access.Auditor)
	for at, want := range map[string]struct {
		askedAt string
		status  any
		says    string
	}{
		"2026-03-01":                  {"2026-03-01T23:59:59.999Z", nil, "At the end of 1 March 2026 (UTC): not known before 2 March 2026 15:00"},
		"2026-03-02":                  {"2026-03-02T23:59:59.999Z", "PENDING", "At the end of 2 March 2026 (UTC): PENDING since 2026-03-02 15:00"},
		"2026-03-03":                  {"2026-03-03T23:59:59.999Z", "APPROVED", "At the end of 3 March 2026 (UTC): APPROVED since 2026-03-03 16:00"},
		"2026-03-03&at_time=15:59":    {"2026-03-03T15:59:00Z", "PENDING", "On 3 March 2026 at 15:59 (UTC): PENDING since 2026-03-02 15:00"},
		"2026-03-03T18:00:01%2B02:00": {"2026-03-03T16:00:01Z", "APPROVED", "On 3 March 2026 at 16:00:01 (UTC): APPROVED since 2026-03-03 16:00"},
		"2026-03-04":                  {"2026-03-04T16:00:00Z", "APPROVED", "Today, as far as is known now: APPROVED since 2026-03-03 16:00"},
	} {
		path := "/identities/" + i.ID + "?at=" + at
		doc := b.get(path).page(http.StatusOK)
		require.Equal(t, want.says, words(doc.Find(`[data-testid=standing]`)), at)
		require.Contains(t, doc.Find("#case").AttrOr("hx-get", ""), "?at=2026", "it stays when the page renews itself")
		o := b.json(path).object(http.StatusOK)
		require.Equal(t, want.askedAt, o["asked_at"], at)
		require.Equal(t, want.status, o["status_at"], at)
		require.Equal(t, "2026-03-02T15:00:00Z", o["known_from"], at)

		answer := b.post("/lookup", url.Values{"ref_ids": {"user-4711"}, "at": {o["asked_at"].(string)}}, "Accept", "application/json").object(http.StatusOK)
		require.Equal(t, want.status, answer["items"].([]any)[0].(map[string]any)["status_at"], at)
	}
	o := b.json("/identities/" + i.ID).object(http.StatusOK)
	require.Nil(t, o["asked_at"])
	require.Nil(t, o["known_from"])
	require.Zero(t, b.get("/identities/"+i.ID).page(http.StatusOK).Find(`[data-testid=standing]`).Length())
}

func TestMomentsThatCannotBeAsked(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.approvedSince()
	b := d.as(access.Viewer)
	for at, says := range map[string]string{
		"at=2026-03-05":                 "future",
		"at=2026-03-04&at_time=16:30":   "future",
		"at=2026-03-04T16:30:00Z":       "future",
		"at=3+March":                    "Must be a date",
		"at=2026-03-04T16:00&at_time=1": "Must be a date",
		"at_time=12:00":                 "Enter a date",
	} {
		path := "/identities/" + i.ID + "?" + at
		doc := b.get(path).page(http.StatusUnprocessableEntity)
		require.Contains(t, doc.Find(`#standing-at-error`).Text(), says, at)
		_, open := doc.Find("details.standing").Attr("open")
		require.True(t, open, "the field is seen")
		require.Contains(t, b.json(path).failure(http.StatusUnprocessableEntity)["fields"].(map[string]any)["at"], says, at)

		form, err := url.ParseQuery(at)
		require.NoError(t, err)
		form.Set("ref_ids", "user-4711\nnobody-1")
		doc = b.post("/lookup", form).page(http.StatusUnprocessableEntity)
		require.Contains(t, doc.Find(`#many-at-error`).Text(), says, at)
		require.Equal(t, "user-4711\nnobody-1", doc.Find("#ref-ids").Text(), "nothing typed is lost")
		require.Zero(t, doc.Find(`[data-testid=matches]`).Length())
	}
}

// A day ends where the desk's times are told for.
func TestDayOfAZone(t *testing.T) {
	t.Parallel()
	d := boot(t, inTokyo)
	i := d.approvedSince() // in Tokyo, on 4 March at 01:00
	b := d.as(access.Viewer)
	says := words(b.get("/identities/" + i.ID + "?at=2026-03-03").page(http.StatusOK).Find(`[data-testid=standing]`))
	require.Equal(t, "At the end of 3 March 2026 (Asia/Tokyo): PENDING since 2026-03-03 00:00", says)
	doc := b.post("/lookup", url.Values{"ref_ids": {"user-4711"}, "at": {"2026-03-03"}}).page(http.StatusOK)
	require.Equal(t, "Status then: at the end of 3 March 2026 (Asia/Tokyo)", words(doc.Find(`[data-testid=then]`)))
	require.Equal(t, "PENDING", words(doc.Find(`[data-testid=matches] tbody td`).Last()))
	require.Equal(t, "2026-03-03", doc.Find(`#many [name=at]`).AttrOr("value", ""))
	sheet := b.post("/lookup", url.Values{"ref_ids": {"user-4711,nobody-1"}, "at": {"2026-03-03"}, "format": {"csv"}}).rows()
	require.Equal(t, "2026-03-03T14:59:59.999Z", cell(sheet, 1, "asked_at"))
	require.Equal(t, "PENDING", cell(sheet, 1, "status_at"))
	require.Equal(t, "2026-03-02T15:00:00Z", cell(sheet, 1, "known_from"))
	require.Equal(t, "2026-03-03T14:59:59.999Z", cell(sheet, 2, "asked_at"))
	require.Empty(t, cell(sheet, 2, "status_at"))
}

// Whoever works elsewhere means the days of that place.
func TestDayOfAPersonsZone(t *testing.T) {
	t.Parallel()
	d := boot(t)
	i := d.approvedSince()
	b := d.as(access.Viewer)
	says := words(b.get("/identities/"+i.ID+"?at=2026-03-03", "Cookie", "zone=Asia%2FTokyo").page(http.StatusOK).Find(`[data-testid=standing]`))
	require.Equal(t, "At the end of 3 March 2026 (Asia/Tokyo): PENDING since 2026-03-03 00:00", says)
	sheet := b.post("/lookup", url.Values{"ref_ids": {"user-4711"}, "at": {"2026-03-03"}, "format": {"csv"}}, "Cookie", "zone=Asia%2FTokyo").rows()
	require.Equal(t, "2026-03-03T14:59:59.999Z", cell(sheet, 1, "asked_at"))
}
