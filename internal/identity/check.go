package identity

import "time"

// Check gives field errors by JSON path; empty when the draft is fine.
func (d Draft) Check(now time.Time) map[string]string {
	errs := map[string]string{}
	if d.RefID == "" {
		errs["ref_id"] = "Enter a ref_id."
	}
	return errs
}
