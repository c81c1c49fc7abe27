package fault_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/fault"
)

func TestTold(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 2, 12, 0, 30, 0, time.UTC)
	east := time.FixedZone("east", 3*60*60)
	later := noon.Add(26 * time.Hour).In(east)
	for name, c := range map[string]struct {
		text  string
		times []time.Time
		want  string
	}{
		"none":                    {"Nothing was sent.", nil, "Nothing was sent."},
		"one":                     {"Ana asked at " + fault.Moment(noon) + ".", []time.Time{noon}, "Ana asked at 15:00."},
		"two, one in another one": {fault.Moment(noon) + " to " + fault.Moment(later), []time.Time{noon, later}, "15:00 to 17:00"},
		"the same twice":          {fault.Moment(noon) + ", " + fault.Moment(noon), []time.Time{noon, noon}, "15:00, 15:00"},
		"one that is not told":    {"Nothing was sent.", []time.Time{noon}, "Nothing was sent."},
	} {
		e := &fault.Error{Kind: fault.Conflict, Text: c.text, Code: "was_first", Times: c.times}
		told := e.Told(func(t time.Time) string { return t.In(east).Format("15:04") })
		require.Equal(t, c.want, told.Text, name)
		require.Equal(t, []any{fault.Conflict, "was_first"}, []any{told.Kind, told.Code}, name)
		require.Equal(t, c.text, e.Text, "for scripts and logs it stays as it is")
	}
}
