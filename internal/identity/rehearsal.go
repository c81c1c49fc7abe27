package identity

import "slices"

// The fields of a rehearsal, as Paxos' sandbox names them.
const (
	fieldSetID        = "id_verification_status"
	fieldSetDocument  = "document_verification_status"
	fieldSetSanctions = "sanctions_verification_status"
	fieldSetScreening = "additional_screening_status"
	fieldSetUser      = "user_disabled"
	fieldSetAdmin     = "admin_disabled"
)

// RehearsalStatusFields are the sub-statuses that can be set by hand for an identity of a type.
func RehearsalStatusFields(t Type) []string {
	if t == Institution {
		return []string{fieldSetDocument, fieldSetSanctions, fieldSetScreening}
	}
	return []string{fieldSetID, fieldSetSanctions, fieldSetScreening}
}

// RehearsalFlagFields are the marks that can be set or taken away by hand.
func RehearsalFlagFields() []string { return []string{fieldSetUser, fieldSetAdmin} }

// The values of a mark.
const (
	FlagOn  = "yes"
	FlagOff = "no"
)

// ReadRehearsal reads what is to be set for an identity of a type; what is empty stays as it is. wrong says by field what cannot be
// read; under the first field of all, that nothing is to be set.
func ReadRehearsal(t Type, value func(field string) string) (s SandboxStatus, wrong map[string]string) {
	wrong = map[string]string{}
	status := func(field string) Status {
		v := value(field)
		if v != "" && (!offered(SandboxStatuses(), v) || !slices.Contains(RehearsalStatusFields(t), field)) {
			wrong[field] = "Choose a status of the list."
		}
		return Status(v)
	}
	flag := func(field string) *bool {
		switch value(field) {
		case FlagOn:
			return new(true)
		case FlagOff:
			return new(false)
		case "":
		default:
			wrong[field] = "Choose yes or no."
		}
		return nil
	}
	s = SandboxStatus{
		IDVerification: status(fieldSetID), Document: status(fieldSetDocument), Sanctions: status(fieldSetSanctions),
		Screening: status(fieldSetScreening), UserDisabled: flag(fieldSetUser), AdminDisabled: flag(fieldSetAdmin),
	}
	if len(wrong) == 0 && len(s.About()) == 0 {
		wrong[RehearsalStatusFields(t)[0]] = "Choose what to set."
	}
	return s, wrong
}

// About are the names of the fields that are set.
func (s SandboxStatus) About() []string {
	var names []string
	for _, f := range []struct {
		name string
		set  bool
	}{
		{fieldSetID, s.IDVerification != ""},
		{fieldSetDocument, s.Document != ""},
		{fieldSetSanctions, s.Sanctions != ""},
		{fieldSetScreening, s.Screening != ""},
		{fieldSetUser, s.UserDisabled != nil},
		{fieldSetAdmin, s.AdminDisabled != nil},
	} {
		if f.set {
			names = append(names, f.name)
		}
	}
	return names
}

// labelOfRehearsal has the words for the fields.
func labelOfRehearsal(word string) string {
	switch word {
	case fieldSetID:
		return "ID verification"
	case fieldSetDocument:
		return "Document verification"
	case fieldSetSanctions:
		return "Sanctions screening"
	case fieldSetScreening:
		return "Additional screening"
	case fieldSetUser:
		return "Disabled by us"
	case fieldSetAdmin:
		return "Disabled by Paxos"
	}
	return ""
}
