package onboarding_test

import (
	"context"
	"slices"

	"identitydesk/internal/audit"
	"identitydesk/internal/identity"
)

// belonging is what the fake store knows of institutions.
type belonging struct {
	members map[string][]identity.Member // by our id of the institution
	sent    identity.InstitutionDraft
}

func (c *cache) SubmitInstitution(_ context.Context, d identity.InstitutionDraft, e audit.Entry) (identity.Identity, error) {
	c.belonging.sent = d
	return identity.Identity{ID: "new", RefID: d.RefID, Type: identity.Institution}, c.write("submit institution", e)
}

func (c *cache) MembersOf(_ context.Context, ids []string) (map[string][]identity.Member, error) {
	c.touched = true
	out := map[string][]identity.Member{}
	for _, id := range ids {
		if members := c.belonging.members[id]; members != nil {
			out[id] = members
		}
	}
	return out, nil
}

func (c *cache) CasesOf(_ context.Context, ids []string) (map[string]identity.Identity, error) {
	out := map[string]identity.Identity{}
	for _, i := range c.cases {
		if slices.Contains(ids, i.PaxosID) {
			out[i.PaxosID] = i
		}
	}
	return out, nil
}

func (c *cache) InstitutionsOf(_ context.Context, paxosID string) (found []identity.Identity, err error) {
	for id, members := range c.belonging.members {
		for _, m := range members {
			if m.PaxosID == paxosID {
				found = append(found, c.cases[id])
			}
		}
	}
	return found, nil
}
