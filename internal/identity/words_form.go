package identity

import "strings"

// labelOfAmount turns a range of US dollars into words: NET_WORTH_1M_TO_2_5M into "$1M to $2.5M".
func labelOfAmount(word string) string {
	var span string
	for _, prefix := range []string{"INCOME_", "TRANSFER_VALUE_", "NET_WORTH_"} {
		if rest, found := strings.CutPrefix(word, prefix); found {
			span = rest
		}
	}
	for _, above := range []string{"ABOVE_", "OVER_"} {
		if rest, found := strings.CutPrefix(span, above); found {
			return withAmount("Over ", amount(rest))
		}
	}
	from, to, found := strings.Cut(span, "_TO_")
	if !found || amount(to) == "" {
		return ""
	}
	if from == "0" {
		return "Up to " + amount(to)
	}
	return withAmount("", amount(from), " to ", amount(to))
}

// withAmount joins words, or gives nothing where one is not known.
func withAmount(words ...string) string {
	for n, w := range words {
		if w == "" && n > 0 {
			return ""
		}
	}
	return strings.Join(words, "")
}

// amount turns 2_5M into "$2.5M" and 50K into "$50k"; empty for anything else.
func amount(s string) string {
	if s == "" {
		return ""
	}
	digits, unit := s[:len(s)-1], s[len(s)-1:]
	if strings.Trim(digits, "0123456789_") != "" || digits == "" || unit != "K" && unit != "M" {
		return ""
	}
	if unit == "K" {
		unit = "k"
	}
	return "$" + strings.ReplaceAll(digits, "_", ".") + unit
}

// labelOfWork has the words for verifiers, sources of money, purposes and employment.
func labelOfWork(word string) string {
	switch word {
	case "CUSTOMER":
		return "Our own verification"
	case "LEXISNEXIS":
		return "LexisNexis"
	case "MICROBILT":
		return "MicroBilt"
	case "ID3_AUTHENTICATE":
		return "ID3 Authenticate"
	case "AIPRISE":
		return "AiPrise"
	case "ALLOY", "DOTFILE", "EQUIFAX", "JUMIO", "MITEK", "ONFIDO", "PERSONA", "PLAID", "PROVE", "SUMSUB":
		return capitalised(word)
	case "EMPLOYMENT_INCOME":
		return "Income from employment"
	case "BUSINESS_OWNERSHIP_DIVIDENDS":
		return "Business ownership and dividends"
	case "OTHER_SOURCE_OF_WEALTH":
		return "Another source"
	case "SALARY_DISBURSEMENT":
		return "Salary"
	case "BUSINESS_DIVIDENDS_PROFITS":
		return "Business dividends and profits"
	case "SAVINGS_ACCOUNT_WITHDRAWAL":
		return "Withdrawal from savings"
	case "PROPERTY_SALE":
		return "Sale of property"
	case "INHERITANCE_DISTRIBUTION":
		return "Distribution of an inheritance"
	case "LOAN_DISBURSEMENT":
		return "Loan"
	case "INVESTMENT_TRADING":
		return "Investing and trading"
	case "STABLECOIN_PURCHASE_REDEMPTION":
		return "Buying and redeeming stablecoins"
	case "FULL_TIME":
		return "Employed full time"
	case "PART_TIME":
		return "Employed part time"
	case "CONTRACTUAL":
		return "Contractor"
	case "SELF_EMPLOYED":
		return "Self-employed"
	case "INVESTMENT_GAINS", "REAL_ESTATE", "INHERITANCE", "INVESTMENT_RETURNS", "GOVERNMENT_BENEFITS", "SAVINGS", "STUDENT",
		"RETIRED", "UNEMPLOYED":
		return capitalised(word)
	}
	return ""
}

// labelOfSector has the words for industries.
func labelOfSector(word string) string {
	switch word {
	case "ACCOMMODATION_FOOD_SERVICES":
		return "Accommodation and food services"
	case "ADMINISTRATIVE_SUPPORT_WASTE_MANAGEMENT_REMEDIATION_SERVICES":
		return "Administrative support, waste management and remediation services"
	case "AGRICULTURE_FORESTRY_FISHING_HUNTING":
		return "Agriculture, forestry, fishing and hunting"
	case "ARTS_ENTERTAINMENT_RECREATION":
		return "Arts, entertainment and recreation"
	case "E_COMMERCE":
		return "E-commerce"
	case "EXPORT_IMPORT":
		return "Export and import"
	case "FINANCE_INSURANCE":
		return "Finance and insurance"
	case "HEALTH_CARE_SOCIAL_ASSISTANCE":
		return "Health care and social assistance"
	case "MANAGEMENT_OF_COMPANIES_ENTERPRISES":
		return "Management of companies and enterprises"
	case "NON_PROFIT":
		return "Non-profit"
	case "PROFESSIONAL_SCIENTIFIC_TECHNICAL_SERVICES":
		return "Professional, scientific and technical services"
	case "REAL_ESTATE_RENTAL_LEASING":
		return "Real estate, rental and leasing"
	case "STO_ISSUER":
		return "Issuer of security tokens"
	case "TRANSPORTATION_WAREHOUSING":
		return "Transportation and warehousing"
	case "TRAVEL_TRANSPORT":
		return "Travel and transport"
	case "NOT_CLASSIFIED":
		return "Not classified"
	case "ADULT_ENTERTAINMENT", "AUCTIONS", "AUTOMOBILES", "BLOCKCHAIN", "CONSTRUCTION", "CRYPTO", "DRUGS", "EDUCATIONAL_SERVICES",
		"FINANCIAL_INSTITUTION", "GAMBLING", "HEDGE_FUND", "INFORMATION", "INSURANCE", "INVESTMENT", "MANUFACTURING", "MARKET_MAKER",
		"MINING", "MONEY_SERVICE_BUSINESS", "OTHER_SERVICES", "PRECIOUS_METALS", "PUBLIC_ADMINISTRATION",
		"REGISTERED_INVESTMENT_ADVISOR", "RETAIL_TRADE", "SHELL_BANK", "UTILITIES", "WEAPONS", "WHOLESALE_TRADE":
		return capitalised(word)
	}
	return ""
}

// capitalised turns HEDGE_FUND into "Hedge fund".
func capitalised(word string) string {
	return word[:1] + strings.ToLower(strings.ReplaceAll(word[1:], "_", " "))
}
