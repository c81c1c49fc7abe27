package emulator

// allowedValues lists what each enumerated field takes; nil means anything.
func allowedValues(field string) []string {
	switch field {
	case "verifier_type":
		return []string{"PASSTHROUGH", "PAXOS", "MANUAL"}
	case "passthrough_verifier_type":
		return []string{
			"JUMIO", "ALLOY", "LEXISNEXIS", "MITEK", "SUMSUB", "MICROBILT", "ONFIDO", "CUSTOMER", "EQUIFAX",
			"ID3_AUTHENTICATE", "FIS", "PROVE", "PERSONA", "PLAID", "DOTFILE", "AIPRISE",
		}
	case "passthrough_verification_status":
		return []string{statusApproved, statusDenied}
	case "passthrough_verification_fields":
		return []string{"FULL_LEGAL_NAME", "ADDRESS", "DATE_OF_BIRTH", "CIP_ID"}
	case "cip_id_type":
		return []string{"SSN", "ID_CARD", "ITIN", "PASSPORT", "DRIVING_LICENSE", "VISA"}
	case "institution cip_id_type":
		return []string{"EIN", "SSN", "ITIN", "REGISTRATION_NUMBER"}
	case "institution_type":
		return []string{"TRUST", "CORPORATION", "LLC", "PARTNERSHIP"}
	case "roles":
		return []string{
			"BENEFICIAL_OWNER", "ACCOUNT_OPENER", "TRUSTEE", "AUTHORIZED_USER", "GRANTOR",
			"MANAGEMENT_CONTROL_PERSON", "BENEFICIARY",
		}
	case "status":
		return []string{statusPending, statusError, statusApproved, statusDenied, statusDisabled}
	case "control_type":
		return []string{controlSellOnly, "CLOSED", controlFrozen, "DORMANT"}
	case "client control type":
		return []string{controlSellOnly, "CLOSED", "DORMANT"}
	case "reason_code":
		return []string{
			"OTHER", "END_USER_REQUEST", "INACTIVITY", "COMPLIANCE_KYC", "COMPLIANCE_EDD", "COMPLIANCE_SCREENING",
			"COMPLIANCE_INVESTIGATION", "ONBOARDING_INCOMPLETE", "RISK_FRAUD", "LEGAL_ORDER", "ADMINISTRATIVE",
		}
	case "account type":
		return []string{"BROKERAGE", "TRADITIONAL_IRA", "ROTH_IRA", "SEP_IRA", "FINANCIAL_ADVISOR"}
	case "account roles":
		return []string{"BENEFICIAL_OWNER", "AUTHORIZED_USER", "FINANCIAL_ADVISOR"}
	}
	return allowedDetail(field)
}

// allowedDetail has the words of documents and institutions.
func allowedDetail(field string) []string {
	switch field {
	case "document_types":
		return []string{
			"OTHER_DOCUMENTS", "APPLICATION", "ORGANIZATIONAL_DOCUMENTS", "CERTIFICATE_OF_GOOD_STANDING", "TAX_IDENTIFICATION",
			"IDENTITY_VERIFICATION", "PROOF_OF_RESIDENCY", "PROOF_OF_FUNDS", "SAMPLE_INVOICE", "OPERATING_AGREEMENT",
			"TRUST_DOCUMENTS", "MONEY_SERVICE_DOCUMENTS", "INVESTMENT_DOCUMENTS", "CURP", "AML_DOCUMENTS", "FUND_STRUCTURE_CHART",
			"FUND_MANAGER_REGISTRATION", "MEMORANDUM_OF_ASSOCIATION", "ORGANIZATIONAL_CHART", "FOUNDATION_BY_LAWS",
			"APPOINTMENT_OF_GUARDIAN_EVIDENCE", "LEGAL_DOMICILE_OF_BENEFICIAL_OWNERS", "GOVERNING_BODY_MEMBER_NAMES",
		}
	case "regulation_status":
		return []string{"US_REGULATED", "INTL_REGULATED", "NON_REGULATED"}
	case "trading_type":
		return []string{"PRIVATE", "PUBLIC", "PUBLICLY_TRADED_SUBSIDIARY"}
	case "institution_sub_type":
		return allowedDueDiligence("employment_industry_sector")
	}
	return allowedDueDiligence(field)
}

func allowedDueDiligence(field string) []string {
	switch field {
	case "estimated_yearly_income":
		return []string{
			"INCOME_0_TO_50K", "INCOME_50K_TO_100K", "INCOME_100K_TO_250K", "INCOME_250K_TO_500K",
			"INCOME_500K_TO_750K", "INCOME_750K_TO_1M", "INCOME_ABOVE_1M",
		}
	case "expected_transfer_value":
		return []string{
			"TRANSFER_VALUE_0_TO_25K", "TRANSFER_VALUE_25K_TO_50K", "TRANSFER_VALUE_50K_TO_100K",
			"TRANSFER_VALUE_100K_TO_250K", "TRANSFER_VALUE_250K_TO_500K", "TRANSFER_VALUE_500K_TO_750K",
			"TRANSFER_VALUE_750K_TO_1M", "TRANSFER_VALUE_1M_TO_2_5M", "TRANSFER_VALUE_2_5M_TO_5M", "TRANSFER_VALUE_ABOVE_5M",
		}
	case "source_of_wealth":
		return []string{
			"INHERITANCE", "INVESTMENT_GAINS", "BUSINESS_OWNERSHIP_DIVIDENDS", "EMPLOYMENT_INCOME", "REAL_ESTATE",
			"OTHER_SOURCE_OF_WEALTH",
		}
	case "employment_status":
		return []string{"CONTRACTUAL", "FULL_TIME", "PART_TIME", "RETIRED", "SELF_EMPLOYED", "STUDENT", "UNEMPLOYED"}
	case "employment_industry_sector":
		return []string{
			"INVESTMENT", "HEDGE_FUND", "MONEY_SERVICE_BUSINESS", "STO_ISSUER", "PRECIOUS_METALS", "NON_PROFIT",
			"REGISTERED_INVESTMENT_ADVISOR", "AGRICULTURE_FORESTRY_FISHING_HUNTING", "MINING", "UTILITIES", "CONSTRUCTION",
			"MANUFACTURING", "WHOLESALE_TRADE", "RETAIL_TRADE", "TRANSPORTATION_WAREHOUSING", "INFORMATION",
			"FINANCE_INSURANCE", "REAL_ESTATE_RENTAL_LEASING", "PROFESSIONAL_SCIENTIFIC_TECHNICAL_SERVICES",
			"MANAGEMENT_OF_COMPANIES_ENTERPRISES", "ADMINISTRATIVE_SUPPORT_WASTE_MANAGEMENT_REMEDIATION_SERVICES",
			"EDUCATIONAL_SERVICES", "HEALTH_CARE_SOCIAL_ASSISTANCE", "ARTS_ENTERTAINMENT_RECREATION",
			"ACCOMMODATION_FOOD_SERVICES", "OTHER_SERVICES", "PUBLIC_ADMINISTRATION", "NOT_CLASSIFIED",
			"ADULT_ENTERTAINMENT", "AUCTIONS", "AUTOMOBILES", "BLOCKCHAIN", "CRYPTO", "DRUGS", "EXPORT_IMPORT",
			"E_COMMERCE", "FINANCIAL_INSTITUTION", "GAMBLING", "INSURANCE", "MARKET_MAKER", "SHELL_BANK",
			"TRAVEL_TRANSPORT", "WEAPONS",
		}
	}
	return nil
}
