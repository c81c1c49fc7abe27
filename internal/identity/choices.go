package identity

// Choice is one value of an enumeration with its plain words.
type Choice struct{ Value, Text string }

// Choices are the values that a field of the create call takes, by the field's JSON path, in the order in which a form shows
// them. A field of free text has none.
func Choices(field string) []Choice {
	if countryField(field) {
		return Countries()
	}
	if of := institutionChoices(field); of != nil {
		return of
	}
	values := valuesOf(field)
	out := make([]Choice, 0, len(values))
	for _, v := range values {
		out = append(out, Choice{Value: v, Text: Label(v)})
	}
	return out
}

func countryField(field string) bool {
	switch field {
	case fieldAddressCountry, fieldNationality, fieldCountryOfBirth, fieldCIPIDCountry, fieldTaxCountry:
		return true
	}
	return false
}

// openEnded reports whether Paxos adds values to a field's enumeration faster than the desk learns them, so that a person may
// type one that is not in the table.
func openEnded(field string) bool { return field == fieldVerifier }

// valuesOf is the table of every enumeration.
func valuesOf(field string) []string {
	switch field {
	case fieldVerifier:
		return []string{
			"ALLOY", "AIPRISE", "CUSTOMER", "DOTFILE", "EQUIFAX", "FIS", "ID3_AUTHENTICATE", "JUMIO", "LEXISNEXIS", "MICROBILT",
			"MITEK", "ONFIDO", "PERSONA", "PLAID", "PROVE", "SUMSUB",
		}
	case fieldVerifiedStatus:
		return []string{string(Approved), string(Denied)}
	case fieldVerifiedFields:
		return []string{"FULL_LEGAL_NAME", "DATE_OF_BIRTH", "ADDRESS", "CIP_ID"}
	case fieldCIPIDType:
		return []string{"SSN", "ITIN", "PASSPORT", "ID_CARD", "DRIVING_LICENSE", "VISA"}
	case fieldIncome:
		return []string{
			"INCOME_0_TO_50K", "INCOME_50K_TO_100K", "INCOME_100K_TO_250K", "INCOME_250K_TO_500K", "INCOME_500K_TO_750K",
			"INCOME_750K_TO_1M", "INCOME_ABOVE_1M",
		}
	case fieldTransferValue:
		return []string{
			"TRANSFER_VALUE_0_TO_25K", "TRANSFER_VALUE_25K_TO_50K", "TRANSFER_VALUE_50K_TO_100K", "TRANSFER_VALUE_100K_TO_250K",
			"TRANSFER_VALUE_250K_TO_500K", "TRANSFER_VALUE_500K_TO_750K", "TRANSFER_VALUE_750K_TO_1M", "TRANSFER_VALUE_1M_TO_2_5M",
			"TRANSFER_VALUE_2_5M_TO_5M", "TRANSFER_VALUE_ABOVE_5M",
		}
	case fieldNetWorth:
		return []string{
			"NET_WORTH_0_TO_100K", "NET_WORTH_100K_TO_500K", "NET_WORTH_500K_TO_1M", "NET_WORTH_1M_TO_2_5M", "NET_WORTH_2_5M_TO_5M",
			"NET_WORTH_5M_TO_7_5M", "NET_WORTH_7_5M_TO_10M", "NET_WORTH_10M_TO_25M", "NET_WORTH_25M_TO_50M", "NET_WORTH_OVER_50M",
		}
	}
	return workValuesOf(field)
}

// workValuesOf is the table's second half: where the money comes from and what the person does.
func workValuesOf(field string) []string {
	switch field {
	case fieldWealth:
		return []string{
			"EMPLOYMENT_INCOME", "BUSINESS_OWNERSHIP_DIVIDENDS", "INVESTMENT_GAINS", "REAL_ESTATE", "INHERITANCE",
			"OTHER_SOURCE_OF_WEALTH",
		}
	case fieldFunds:
		return []string{
			"SALARY_DISBURSEMENT", "BUSINESS_DIVIDENDS_PROFITS", "INVESTMENT_RETURNS", "SAVINGS_ACCOUNT_WITHDRAWAL", "PROPERTY_SALE",
			"INHERITANCE_DISTRIBUTION", "LOAN_DISBURSEMENT", "GOVERNMENT_BENEFITS",
		}
	case fieldPurpose:
		return []string{"INVESTMENT_TRADING", "SAVINGS", "STABLECOIN_PURCHASE_REDEMPTION"}
	case fieldEmployment:
		return []string{"FULL_TIME", "PART_TIME", "CONTRACTUAL", "SELF_EMPLOYED", "STUDENT", "RETIRED", "UNEMPLOYED"}
	case fieldSector:
		return []string{
			"ACCOMMODATION_FOOD_SERVICES", "ADMINISTRATIVE_SUPPORT_WASTE_MANAGEMENT_REMEDIATION_SERVICES", "ADULT_ENTERTAINMENT",
			"AGRICULTURE_FORESTRY_FISHING_HUNTING", "ARTS_ENTERTAINMENT_RECREATION", "AUCTIONS", "AUTOMOBILES", "BLOCKCHAIN",
			"CONSTRUCTION", "CRYPTO", "DRUGS", "E_COMMERCE", "EDUCATIONAL_SERVICES", "EXPORT_IMPORT", "FINANCE_INSURANCE",
			"FINANCIAL_INSTITUTION", "GAMBLING", "HEALTH_CARE_SOCIAL_ASSISTANCE", "HEDGE_FUND", "INFORMATION", "INSURANCE",
			"INVESTMENT", "MANAGEMENT_OF_COMPANIES_ENTERPRISES", "MANUFACTURING", "MARKET_MAKER", "MINING", "MONEY_SERVICE_BUSINESS",
			"NON_PROFIT", "OTHER_SERVICES", "PRECIOUS_METALS", "PROFESSIONAL_SCIENTIFIC_TECHNICAL_SERVICES", "PUBLIC_ADMINISTRATION",
			"REAL_ESTATE_RENTAL_LEASING", "REGISTERED_INVESTMENT_ADVISOR", "RETAIL_TRADE", "SHELL_BANK", "STO_ISSUER",
			"TRANSPORTATION_WAREHOUSING", "TRAVEL_TRANSPORT", "UTILITIES", "WEAPONS", "WHOLESALE_TRADE", "NOT_CLASSIFIED",
		}
	}
	return nil
}
