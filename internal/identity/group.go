package identity

import "strings"

// Group is a part of an identity's personal data that is revealed by itself.
type Group string

// The groups.
const (
	GroupName         Group = "name"
	GroupBirth        Group = "birth"
	GroupAddress      Group = "address"
	GroupContact      Group = "contact"
	GroupGovernmentID Group = "government_id"
	GroupTax          Group = "tax"
	GroupDueDiligence Group = "cdd" // and what belongs to no other group
	GroupVerification Group = "verification"
)

// GroupWhole is everything at once: a draft that is mended, two records that are compared. It is not offered to choose from.
const GroupWhole Group = "everything"

// Groups lists every group in the order in which pages offer them.
func Groups() []Group {
	return []Group{
		GroupName, GroupBirth, GroupAddress, GroupContact, GroupGovernmentID, GroupTax, GroupDueDiligence, GroupVerification,
	}
}

// Text names the group in plain words; one that is not known, as it is written.
func (g Group) Text() string {
	switch g {
	case GroupName:
		return "Name"
	case GroupBirth:
		return "Birth and nationality"
	case GroupAddress:
		return "Address"
	case GroupContact:
		return "Phone and e-mail"
	case GroupGovernmentID:
		return "Government id"
	case GroupTax:
		return "Tax"
	case GroupDueDiligence:
		return "Due diligence and other"
	case GroupVerification:
		return "Verification"
	case GroupWhole:
		return "Everything"
	default:
		return string(g)
	}
}

// groupOf is the group of a field by its JSON path. What the case shows to everybody belongs to none: ok is false. Every other
// field of an answer has one, also those that Paxos has added since.
func groupOf(path string) (g Group, ok bool) {
	top, rest, _ := strings.Cut(path, ".")
	switch top {
	case "id", "ref_id", "type", "status", "summary_status", "user_disabled", "admin_disabled", "created_at", "updated_at",
		"status_details", "pending_requirements", "failed_requirements", "institution_members":
		return "", false
	case "tax_details", "tax_details_not_required", "summary_tin_verification_status":
		return GroupTax, true
	case "person_details", "institution_details":
		return groupOfDetail(rest), true
	}
	return GroupDueDiligence, true
}

// groupOfDetail goes by the words in the name of a detail; the first that it holds counts.
func groupOfDetail(name string) Group {
	for _, rule := range []struct {
		group Group
		words []string
	}{
		{GroupVerification, []string{"verif", "passthrough", "screening", "sanctions"}},
		{GroupAddress, []string{"address"}},
		{GroupContact, []string{"phone", "email", "fax"}},
		{GroupGovernmentID, []string{"cip_id", "govt_id", "passport", "licen"}},
		{GroupTax, []string{"tax"}},
		{GroupBirth, []string{"birth", "nationality", "citizen", "registration_date"}},
		{GroupDueDiligence, []string{"regulat"}},
		{GroupName, []string{"name", "doing_business_as"}},
	} {
		for _, word := range rule.words {
			if strings.Contains(name, word) {
				return rule.group
			}
		}
	}
	return GroupDueDiligence
}
