package emulator

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// inventor makes up people. Surnames are made up too, and numbers are ones that
// were never given out, so that nobody real is meant.
type inventor struct{ rng *rand.Rand }

func firstNames() []string {
	return strings.Fields(`Ada Alba Amir Anouk Basil Bea Bruno Cass Celia Cyrus Dara Dina Edwin Elif Emil Esme Farid Fern
		Flora Gail Gideon Greta Hana Hugo Ida Imran Ines Iris Jonas Jun Kaya Keira Lars Leila Linus Mae Malik Mara Milo Mina Nadia
		Niko Nora Odette Omar Orla Otis Pilar Priya Quinn Rafi Remy Rosa Rumi Sable Selma Sora Tariq Tess Thea Uma Viggo Wanda Yara Zane`)
}

func surnames() []string {
	return strings.Fields(`Ambervale Ashgrove Birchwick Bramblewood Brightwater Calderstone Cloverfen Copperleaf Cresthollow
		Dapplemere Dawnridge Driftmoor Elderbrook Emberlyn Fairwillow Farrowdale Fernhollow Foxmantle Galewood Glimmerford
		Goldenmarsh Greyfeather Hallowmere Harrowfield Hazelthorn Hollowbrook Inkwell-Marsh Ironbark Ivorydale Juniperfield
		Kestrelmoor Kingsparrow Lanternhill Larkmeadow Lilywhistle Maplethorn Marrowstone Mistlewick Moonbarrow Nettlecombe
		Nightingate Oakhollow Otterburn-Vale Pebblecrest Pinemarrow Quillhaven Quincewater Ravenmoss Riversedge Rookwillow
		Saffronmere Stonewhisper Swallowtide Thistledown Thornquist Umberfield Valewright Violetmoor Wickersham-Fen Willowmantle
		Wrenhollow Yarrowgate Yewbridge Zephyrwood`)
}

// home is where a seeded person lives, by country.
type home struct{ country, city, province, zip string }

func homes() []home {
	return []home{
		{"USA", "New York", "NY", "10001"},
		{"USA", "Austin", "TX", "78701"},
		{"USA", "Denver", "CO", "80202"},
		{"USA", "Portland", "OR", "97204"},
		{"USA", "Chicago", "IL", "60601"},
		{"USA", "Miami", "FL", "33101"},
		{"USA", "Boston", "MA", "02108"},
		{"USA", "Seattle", "WA", "98101"},
		{"GBR", "Leeds", "West Yorkshire", "LS1 4AP"},
		{"DEU", "Hamburg", "HH", "20095"},
		{"CAN", "Toronto", "ON", "M5H 2N2"},
		{"BRA", "Recife", "PE", "50030-230"},
		{"SGP", "Singapore", "Central", "018956"},
	}
}

func (v inventor) pick(from []string) string { return from[v.rng.IntN(len(from))] }

// body invents the create call of person n. Numbers carry n, so that no two
// people share a government id.
func (v inventor) body(n int, refID string, created time.Time) createBody {
	at := homes()[v.rng.IntN(len(homes()))]
	p := &person{
		VerifierType: "PASSTHROUGH", PassthroughType: v.pick([]string{"JUMIO", "PERSONA", "ONFIDO", "SUMSUB", "PLAID"}),
		PassthroughAt: created.Add(-time.Duration(1+v.rng.IntN(90)) * time.Minute).Format(time.RFC3339),
		PassthroughID: fmt.Sprintf("chk-%06d", n), PassthroughStatus: statusApproved,
		PassthroughFields: []string{"FULL_LEGAL_NAME", "DATE_OF_BIRTH"},
		FirstName:         v.pick(firstNames()), LastName: v.pick(surnames()),
		DateOfBirth: fmt.Sprintf("%d-%02d-%02d", 1948+v.rng.IntN(56), 1+v.rng.IntN(12), 1+v.rng.IntN(28)),
		Address: &address{
			Country: at.country, City: at.city, Province: at.province, ZipCode: at.zip,
			Address1: fmt.Sprintf("%d %s Lane", 1+v.rng.IntN(240), v.pick([]string{"Acorn", "Bramble", "Cinder", "Dewdrop", "Fern"})),
		},
		Nationality: at.country, CIPIDCountry: at.country,
		PhoneNumber: fmt.Sprintf("+1 555 555 01%02d", v.rng.IntN(100)),
		Email:       fmt.Sprintf("person%d@example.com", n),
	}
	b := createBody{RefID: refID, Person: p, DueDiligence: v.dueDiligence()}
	if at.country != "USA" {
		p.CIPIDType, p.CIPID, b.TaxNotRequired = "PASSPORT", fmt.Sprintf("X%08d", n), true
		return b
	}
	p.CIPIDType, p.CIPID = "SSN", fmt.Sprintf("9%02d-%02d-%04d", n/10000%100, n%40+1, n%10000)
	b.fillTax()
	return b
}

func (v inventor) dueDiligence() *dueDiligence {
	return &dueDiligence{
		YearlyIncome:     v.pick(allowedDueDiligence("estimated_yearly_income")),
		TransferValue:    v.pick(allowedDueDiligence("expected_transfer_value")),
		SourceOfWealth:   v.pick(allowedDueDiligence("source_of_wealth")),
		EmploymentStatus: v.pick(allowedDueDiligence("employment_status")),
		EmploymentSector: v.pick(allowedDueDiligence("employment_industry_sector")),
	}
}

// institution invents the create call of a small company with these members.
func (v inventor) institution(n int, refID string, members []string) createBody {
	b := createBody{RefID: refID, Institution: map[string]any{
		"name": v.pick(surnames()) + " Holdings", "institution_type": "LLC", "institution_sub_type": "INVESTMENT",
		"cip_id": fmt.Sprintf("00-%07d", n), "cip_id_type": "EIN", "cip_id_country": "USA",
		"regulation_status": "NON_REGULATED", "trading_type": "PRIVATE",
	}}
	for _, id := range members {
		b.Members = append(b.Members, member{IdentityID: id, Roles: []string{"BENEFICIAL_OWNER"}, Ownership: "50"})
	}
	return b
}
