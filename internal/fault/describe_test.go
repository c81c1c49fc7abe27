package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/fault"
)

func TestDescribe(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		err  error
		want string
	}{
		"nil":           {nil, ""},
		"kind alone":    {fault.New(fault.Lost, "No answer about Billy."), "lost"},
		"kind and code": {&fault.Error{Kind: fault.Forbidden, Code: "scope", Text: "Billy", Cause: errors.New("Billy")}, "forbidden scope"},
		"wrapped":       {fmt.Errorf("Billy: %w", fault.New(fault.Throttled, "")), "throttled"},
		"anything else": {errors.New("Billy"), "internal"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, fault.Describe(tt.err))
		})
	}
}
