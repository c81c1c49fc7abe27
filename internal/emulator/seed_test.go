package emulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func seeded(t *testing.T, seed uint64, count int) *rig {
	t.Helper()
	return newRig(t, func(o *Options) { o.Seed, o.SeedCount = seed, count })
}

// portrait is everything the API says about the seeded people.
func portrait(t *testing.T, r *rig) string {
	t.Helper()
	raw, err := json.Marshal([]any{r.get("/identity/identities?limit=1000"), r.get("/events")})
	require.NoError(t, err)
	return string(raw)
}

func TestSeedIsRepeatable(t *testing.T) {
	t.Parallel()
	first := portrait(t, seeded(t, 7, 0))
	require.Equal(t, first, portrait(t, seeded(t, 7, 0)))
	require.NotEqual(t, first, portrait(t, seeded(t, 8, 0)))
}

func TestSeededPeopleAreInEveryState(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{0, 1, 2} {
		r := seeded(t, seed, 0)
		items := list(r.get("/identity/identities?limit=1000"), "items")
		require.Len(t, items, 300)
		seen := map[string]int{}
		for _, item := range items {
			seen[item["summary_status"].(string)]++
			if _, named := item["ref_id"]; !named {
				seen["no ref_id"]++
			}
			if _, newer := item["status"]; !newer {
				seen["older generation"]++
			}
			countDetails(seen, item)
		}
		for what, atLeast := range map[string]int{
			"APPROVED": 180, "PENDING": 60, "DENIED": 5, "DISABLED": 3, "ERROR": 2, "no ref_id": 1, "older generation": 20,
			"sanctions ERROR": 5, "silent": 5, "control SELL_ONLY": 3, "control DORMANT": 1, "control FROZEN": 1,
			"SCREENING_CHECK PENDING PAXOS": 10, "COMPLIANCE_CHECK PENDING PAXOS": 3, "ENHANCED_DUE_DILIGENCE PENDING CLIENT": 5,
			"TAX_DETAILS_VERIFICATION FAILED CLIENT": 3, "KYC_REFRESH PENDING CLIENT": 3, "KYC_REFRESH FAILED CLIENT": 1,
			"MEMBERS FAILED ": 1, "SOURCE_OF_FUNDS_ATTESTATION PENDING PAXOS": 1,
		} {
			require.GreaterOrEqual(t, seen[what], atLeast, "%s, seed %d", what, seed)
		}
		require.LessOrEqual(t, seen["PENDING"], 80)
	}
}

// countDetails counts sub-statuses, controls and requirements of one answer.
func countDetails(seen map[string]int, item map[string]any) {
	if person, ok := item["person_details"].(map[string]any); ok {
		seen[fmt.Sprintf("sanctions %s", person["sanctions_verification_status"])]++
	}
	details, ok := item["status_details"].(map[string]any)
	if !ok {
		return
	}
	requirements := list(details, "requirements")
	if len(requirements) == 0 && item["summary_status"] == "PENDING" {
		seen["silent"]++
	}
	for _, q := range requirements {
		awaiting, _ := q["awaiting_action_from"].(string)
		seen[fmt.Sprintf("%s %s %s", q["type"], q["status"], awaiting)]++
	}
	for _, c := range list(details, "active_controls") {
		seen[fmt.Sprintf("control %s", c["type"])]++
	}
}

func TestSeededPeopleAreValidAndInvented(t *testing.T) {
	t.Parallel()
	r := seeded(t, 3, 4000)
	require.Len(t, r.data.records, 4000)
	for _, rec := range r.data.records {
		require.NotEqual(t, "user-4711", rec.RefID, "left for people to type")
		require.False(t, rec.UpdatedAt.After(r.now()))
		require.False(t, rec.UpdatedAt.Before(rec.CreatedAt))
		p := rec.details.Person
		if p == nil {
			require.NoError(t, checkInstitution(rec.details.Institution))
			continue
		}
		require.NoError(t, checkPerson(p, r.now()), rec.RefID)
		require.NoError(t, checkTax(rec.details.Tax))
		require.True(t, strings.HasPrefix(p.CIPID, "9") || strings.HasPrefix(p.CIPID, "X"), "never a real number")
		for _, reh := range rehearsals() {
			require.False(t, strings.HasPrefix(p.LastName, reh.Prefix), "%s would rehearse", p.LastName)
		}
	}
	for i, ev := range r.data.events[1:] {
		require.False(t, ev.CreatedAt.Before(r.data.events[i].CreatedAt), "the log ascends")
	}
}

func TestSeededLivesGoOn(t *testing.T) {
	t.Parallel()
	r := seeded(t, 0, 0)
	before := len(r.data.events)
	r.pass(10 * time.Minute)
	news := len(r.data.events) - before
	require.GreaterOrEqual(t, news, 5, "a handful is decided in the next minutes")
	require.LessOrEqual(t, news, 8, "not a storm")
}

func TestSeedHistoryIsNotDelivered(t *testing.T) {
	t.Parallel()
	r, to := hooked(t, func(o *Options) { o.SeedCount = 50 })
	r.sendDue()
	require.Empty(t, to.received())
	status, answer := r.call(http.MethodGet, "/events?limit=1", nil)
	require.Equal(t, http.StatusOK, status)
	require.Len(t, list(answer, "events"), 1)
}
