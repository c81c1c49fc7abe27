package identity

// labelOfMove has the words for accounts, institutions and what Paxos refuses of our moves.
func labelOfMove(word string) string {
	switch word {
	case ControlSet:
		return "Set"
	case ControlEnd:
		return "End"
	case Brokerage:
		return "Brokerage"
	case "TRADITIONAL_IRA":
		return "Traditional IRA"
	case "ROTH_IRA":
		return "Roth IRA"
	case "SEP_IRA":
		return "SEP IRA"
	case "FINANCIAL_ADVISOR":
		return "Financial adviser"
	case "AUTHORIZED_USER", "BENEFICIAL_OWNER", "ACCOUNT_OPENER", "MANAGEMENT_CONTROL_PERSON", "TRUSTEE", "GRANTOR", "BENEFICIARY",
		"CORPORATION", "PARTNERSHIP", Trust, "REGISTRATION_NUMBER":
		return capitalised(word)
	case "LLC":
		return "Limited liability company (LLC)"
	case "EIN":
		return "Employer Identification Number (EIN)"
	case "CURP":
		return "Population registry code (CURP)"
	case "US_REGULATED":
		return "Regulated in the USA"
	case "INTL_REGULATED":
		return "Regulated elsewhere"
	case unregulated:
		return "Not regulated"
	case "PRIVATE":
		return "Not traded publicly"
	case publicly:
		return "Publicly traded"
	case publicParents:
		return "Subsidiary of a publicly traded company"
	}
	if text := labelOfRehearsal(word); text != "" {
		return text
	}
	return labelOfMoveFailure(word)
}

func labelOfMoveFailure(word string) string {
	switch word {
	case FileNameTaken:
		return "The file name is used"
	case FileRefused:
		return "The file was refused"
	case UploadExpired:
		return "The upload took too long to begin"
	case FileGone:
		return "The file is not here any more"
	case AccountRefIDTaken:
		return "The account's ref_id is taken"
	case NotOverridable:
		return "Only Paxos can end this control"
	case WrongStatus:
		return "The status does not allow it"
	}
	return ""
}
