package views

import (
	"github.com/a-h/templ"

	"identitydesk/internal/identity"
)

// filtered reports whether the list is narrowed at all; an order alone does not narrow it.
func (p IdentitiesPage) filtered() bool {
	for name := range p.Filter {
		if name != "sort" && p.Filter.Get(name) != "" {
			return true
		}
	}
	return false
}

// moreOpen reports whether one of the rarer filters is in use or refused, so that they must be seen.
func (p IdentitiesPage) moreOpen() bool {
	for _, name := range []string{"ref_id", "requirement", "created_from", "created_to", "assignee"} {
		if p.Filter.Get(name) != "" || p.Errors[name] != "" {
			return true
		}
	}
	return false
}

func (p IdentitiesPage) filterState(name string) templ.Attributes {
	if p.Errors[name] == "" {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": "filter-" + name + "-error"}
}

func statusChoices() []identity.Choice {
	return []identity.Choice{
		{Value: "", Text: "Any"},
		{Value: string(identity.Pending), Text: "PENDING"},
		{Value: string(identity.Approved), Text: "APPROVED"},
		{Value: string(identity.Denied), Text: "DENIED"},
		{Value: string(identity.Disabled), Text: "DISABLED"},
		{Value: string(identity.StatusError), Text: "ERROR"},
	}
}

func laneChoices() []identity.Choice {
	out := []identity.Choice{{Value: "", Text: "Any"}}
	for _, l := range append(identity.QueueLanes(), identity.LaneDecided) {
		out = append(out, identity.Choice{Value: string(l), Text: laneName(l)})
	}
	return out
}

func typeChoices() []identity.Choice {
	return []identity.Choice{
		{Value: "", Text: "Any"},
		{Value: string(identity.Person), Text: "Person"},
		{Value: string(identity.Institution), Text: "Institution"},
	}
}

func sortChoices() []identity.Choice {
	return []identity.Choice{
		{Value: "", Text: "Newest"},
		{Value: string(identity.SortCreated), Text: "Oldest"},
		{Value: string(identity.SortUpdatedDesc), Text: "Last changed"},
		{Value: string(identity.SortUpdated), Text: "Unchanged longest"},
		{Value: string(identity.SortDue), Text: "Due first"},
	}
}

func requirementChoices() []identity.Choice {
	out := []identity.Choice{{Value: "", Text: "Any"}}
	for _, t := range []string{
		identity.IDVerification, identity.DocumentVerification, identity.ScreeningCheck, identity.ComplianceCheck,
		identity.EnhancedDueDiligence, identity.RiskAwarenessAssessment, identity.KYCRefresh, identity.TaxDetailsVerification,
		identity.Members,
	} {
		out = append(out, identity.Choice{Value: t, Text: identity.Label(t)})
	}
	return out
}

func typeName(t identity.Type) string {
	switch t {
	case identity.Person:
		return "Person"
	case identity.Institution:
		return "Institution"
	default:
		return string(t)
	}
}
