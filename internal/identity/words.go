package identity

// The error codes of requirements for which the desk has words.
const (
	codeIDFailed          = "identity_verification_failed"
	codeIDRequired        = "identity_verification_required"
	codeDocumentFailed    = "document_verification_failed"
	codeUploadRequired    = "document_upload_required"
	codeScreening         = "screening_in_progress"
	codeScreeningFailed   = "screening_failed"
	codeAssessmentFailed  = "assessment_failed"
	codeRefreshOverdue    = "kyc_refresh_overdue"
	codeMemberFailed      = "member_verification_failed"
	codeMemberPending     = "member_verification_pending"
	codeEDDDocuments      = "edd_documentation_required"
	codeComplianceReview  = "compliance_review_required"
	codeComplianceRefused = "compliance_review_failed"
	codeTINUnknown        = "tin_not_found"
)

// Label is an enumeration's value in plain words, such as "$50k to $100k" for INCOME_50K_TO_100K, a status, a lane, a
// requirement, an error code or a country's three-letter code. A word that the desk does not know is given back unchanged.
func Label(word string) string {
	for _, words := range []func(string) string{labelOfState, labelOfRequirement, labelOfAmount, labelOfWork, labelOfSector, labelOfDocument, labelOfMove, countryName} {
		if text := words(word); text != "" {
			return text
		}
	}
	return word
}

// labelOfState has the words for statuses, submissions, sources, parties and controls.
func labelOfState(word string) string {
	switch word {
	case string(Pending):
		return "Pending"
	case string(Approved):
		return "Approved"
	case string(Denied):
		return "Denied"
	case string(Disabled):
		return "Disabled"
	case string(StatusError):
		return "Error"
	case RequirementFailed:
		return "Failed"
	case AwaitingClient:
		return "Us"
	case AwaitingPaxos:
		return "Paxos"
	case string(Person):
		return "Person"
	case string(Institution):
		return "Institution"
	case SellOnly:
		return "Sell only"
	case Closed:
		return "Closed"
	case controlFrozen:
		return "Frozen"
	case Dormant:
		return "Dormant"
	case "SET_BY_PAXOS":
		return "Set by Paxos"
	case setByClient:
		return "Set by us"
	}
	return labelOfReason(word)
}

// labelOfReason has the words for the reasons of controls.
func labelOfReason(word string) string {
	switch word {
	case "OTHER":
		return "Another reason"
	case "END_USER_REQUEST":
		return "The customer asked for it"
	case "INACTIVITY":
		return "Inactivity"
	case "COMPLIANCE_KYC":
		return "Compliance: know your customer"
	case "COMPLIANCE_EDD":
		return "Compliance: enhanced due diligence"
	case "COMPLIANCE_SCREENING":
		return "Compliance: screening"
	case "COMPLIANCE_INVESTIGATION":
		return "Compliance: investigation"
	case "ONBOARDING_INCOMPLETE":
		return "Onboarding is not complete"
	case "RISK_FRAUD":
		return "Risk or fraud"
	case "LEGAL_ORDER":
		return "Legal order"
	case "ADMINISTRATIVE":
		return "Administrative"
	}
	return ""
}

// labelOfRequirement has the words for requirements, their error codes and our failure codes.
func labelOfRequirement(word string) string {
	switch word {
	case IDVerification:
		return "ID verification"
	case DocumentVerification:
		return "Document verification"
	case ScreeningCheck:
		return "Screening"
	case ComplianceCheck:
		return "Compliance review"
	case EnhancedDueDiligence:
		return "Enhanced due diligence"
	case RiskAwarenessAssessment:
		return "Risk awareness assessment"
	case KYCRefresh:
		return "KYC refresh"
	case TaxDetailsVerification:
		return "Tax details"
	case Members:
		return "Members"
	case blockSanctions:
		return "Sanctions screening"
	case blockDocuments:
		return "Documents"
	case blockSubmission:
		return "Submission"
	case blockStatus:
		return "Freeze"
	case RefIDTaken:
		return "ref_id is taken"
	case CIPIDTaken:
		return "Government ID is known"
	case AlreadyExists:
		return "Already exists"
	case Refused:
		return "Details refused"
	case ScopeMissing:
		return "Scope is missing"
	case DraftUnread:
		return "Draft cannot be opened"
	}
	return labelOfCode(word)
}

func labelOfCode(word string) string {
	switch word {
	case codeIDFailed:
		return "The ID verification failed"
	case codeIDRequired:
		return "The ID verification is still needed"
	case codeDocumentFailed:
		return "The documents were not accepted"
	case codeUploadRequired:
		return "Documents must be uploaded"
	case codeScreening:
		return "Screening is under way"
	case codeScreeningFailed:
		return "Screening found something"
	case codeAssessmentFailed:
		return "The risk awareness assessment was not passed"
	case codeRefreshOverdue:
		return "The KYC refresh is overdue"
	case codeMemberFailed:
		return "A member failed verification"
	case codeMemberPending:
		return "A member is not verified yet"
	case codeEDDDocuments:
		return "Documents are needed for enhanced due diligence"
	case codeComplianceReview:
		return "Compliance must review it"
	case codeComplianceRefused:
		return "The compliance review was not passed"
	case codeTINUnknown:
		return "The tax number was not found"
	}
	return ""
}

// labelOfDocument has the words for documents, kinds of government id and verified details.
func labelOfDocument(word string) string {
	switch word {
	case "DRIVERS_LICENSE", "DRIVING_LICENSE":
		return "Driving licence"
	case "PASSPORT":
		return "Passport"
	case "NATIONAL_ID", "ID_CARD":
		return "National ID card"
	case "GOVERNMENT_ID":
		return "Government ID"
	case "UTILITY_BILL":
		return "Utility bill"
	case "BANK_STATEMENT":
		return "Bank statement"
	case "PROOF_OF_ADDRESS":
		return "Proof of address"
	case "PROOF_OF_RESIDENCY":
		return "Proof of residency"
	case "PROOF_OF_FUNDS":
		return "Proof of funds"
	case "IDENTITY_VERIFICATION":
		return "Proof of identity"
	case "TAX_IDENTIFICATION":
		return "Tax identification"
	case "OTHER_DOCUMENTS":
		return "Other documents"
	case "AML_DOCUMENTS":
		return "Anti-money-laundering documents"
	case "APPLICATION", "ORGANIZATIONAL_DOCUMENTS", "CERTIFICATE_OF_GOOD_STANDING", "SAMPLE_INVOICE", "OPERATING_AGREEMENT",
		"TRUST_DOCUMENTS", "MONEY_SERVICE_DOCUMENTS", "INVESTMENT_DOCUMENTS", "FUND_STRUCTURE_CHART", "FUND_MANAGER_REGISTRATION",
		"MEMORANDUM_OF_ASSOCIATION", "ORGANIZATIONAL_CHART", "FOUNDATION_BY_LAWS", "APPOINTMENT_OF_GUARDIAN_EVIDENCE",
		"LEGAL_DOMICILE_OF_BENEFICIAL_OWNERS", "GOVERNING_BODY_MEMBER_NAMES":
		return capitalised(word)
	case "SSN":
		return "Social Security number (SSN)"
	case "ITIN":
		return "Individual Taxpayer Identification Number (ITIN)"
	case "VISA":
		return "Visa"
	case "FULL_LEGAL_NAME":
		return "Full legal name"
	case "DATE_OF_BIRTH":
		return "Date of birth"
	case "ADDRESS":
		return "Address"
	case "CIP_ID":
		return "Government ID number"
	}
	return ""
}
