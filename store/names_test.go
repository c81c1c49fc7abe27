package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
	"identitydesk/store"
	"identitydesk/store/storetest"
)

// namesakes are our ids of the cases that a name leads to.
func (d desk) namesakes(name string) []string {
	d.t.Helper()
	found, more, err := d.Namesakes(d.t.Context(), identity.Names(name))
	require.NoError(d.t, err)
	require.False(d.t, more)
	return idsOf(found)
}

func TestCasesAreFoundByName(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		i := d.submit("user-1")
		n := d.news("px-2", "user-2", identity.Pending)
		n.Record.Name = identity.Name{First: "Jose", Middle: "de", Last: "Umbra"}
		found, err := d.ApplyIdentity(t.Context(), n, nil)
		require.NoError(t, err)

		require.Equal(t, []string{i.ID}, d.namesakes(" ZARATHORN,  quillon"))
		require.Equal(t, []string{found.ID}, d.namesakes("José Umbra"))
		require.Equal(t, []string{found.ID}, d.namesakes("José de Umbra"))
		for _, other := range []string{"Zarathorn", "Quillon", "Quillon Umbra", "Quillon Zarathorn II", " ", ""} {
			require.Empty(t, d.namesakes(other), other)
		}

		d.clock.Advance(time.Second)
		n = d.news("px-2", "user-2", identity.Pending)
		n.Record.Name = identity.Name{First: "Jose", Last: "Penumbra"}
		_, err = d.ApplyIdentity(t.Context(), n, nil)
		require.NoError(t, err)
		require.Empty(t, d.namesakes("Jose Umbra"), "a former name")
		require.Equal(t, []string{found.ID}, d.namesakes("Jose Penumbra"))

		_, job := d.begin()
		require.NoError(t, d.SubmissionFailed(t.Context(), i.ID, job, identity.Failure{Code: identity.Refused}, nil))
		require.Equal(t, []string{i.ID}, d.namesakes("Quillon Zarathorn"))
		_, err = d.Withdraw(t.Context(), i.ID, ana(audit.Withdrew))
		require.NoError(t, err)
		require.Empty(t, d.namesakes("Quillon Zarathorn"), "its name is erased")
	})
}

func TestNamesakesAreBounded(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		for n := range 51 {
			news := d.news(fmt.Sprint("px-", n), fmt.Sprint("user-", n), identity.Pending)
			news.Record.Name = identity.Name{First: "Quillon", Last: "Zarathorn"}
			_, err := d.ApplyIdentity(t.Context(), news, nil)
			require.NoError(t, err)
		}
		found, more, err := d.Namesakes(t.Context(), identity.Names("Quillon Zarathorn"))
		require.NoError(t, err)
		require.Len(t, found, 50)
		require.True(t, more)
	})
}

// A submission and the record that was found meanwhile are one case, which is found by name once.
func TestACaseOfTwoIsFoundByNameOnce(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		n := d.news("px-1", "was-other", identity.Pending)
		n.Record.Name = identity.Name{First: "Quillon", Last: "Zarathorn"}
		_, err := d.ApplyIdentity(t.Context(), n, nil)
		require.NoError(t, err)
		d.clock.Advance(time.Second)
		i := d.submit("user-1")
		_, job := d.begin()
		answer := d.news("px-1", "user-1", identity.Pending)
		answer.By = identity.BySubmit
		_, err = d.Accepted(t.Context(), i.ID, answer, &job)
		require.NoError(t, err)
		require.Equal(t, []string{i.ID}, d.namesakes("Quillon Zarathorn"))
	})
}

// A database from before there was an index gets one while the desk runs, some names at a time.
func TestNamesOfAnOldDatabaseAreIndexed(t *testing.T) {
	each(t, func(t *testing.T, d desk) {
		var ids []string
		for n := range 5 {
			ids = append(ids, d.submit(fmt.Sprint("user-", n)).ID)
		}
		require.NoError(t, d.DownTo(t.Context(), 8))
		require.NoError(t, d.Migrate(t.Context()))
		require.Empty(t, d.namesakes("Quillon Zarathorn"))
		d.run(fmt.Sprintf(`UPDATE secrets SET sealed = x'00' WHERE kind = 'name' AND identity_id = '%s'`, ids[3]))
		for step := range 3 {
			indexed, err := d.NamesIndexed(t.Context())
			require.NoError(t, err)
			require.False(t, indexed)
			done, err := d.IndexNames(t.Context(), 2)
			require.NoError(t, err)
			require.Equal(t, step == 2, done)
		}
		indexed, err := d.NamesIndexed(t.Context())
		require.NoError(t, err)
		require.True(t, indexed)
		require.ElementsMatch(t, append(ids[:3:3], ids[4]), d.namesakes("Quillon Zarathorn"), "one cannot be opened")
		done, err := d.IndexNames(t.Context(), 2)
		require.NoError(t, err)
		require.True(t, done)
	})
}

func TestNamesAreFoundByAnIndex(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	for query, args := range store.NameQueries() {
		plan := checkPlan(t, s, query, query, args)
		require.NotContains(t, plan, "SCAN", query)
	}
}
