package identity_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"identitydesk/internal/identity"
)

// somebody is a person of whom everything is known.
func somebody() identity.Draft {
	return identity.Draft{
		Person: identity.PersonDraft{
			FirstName: "Jörg", MiddleName: "Li", LastName: "von der Zarathorn-O'Quill", DateOfBirth: "1971-07-19",
			Address: identity.Address{
				Address1: "221b Wrenfeather Lane", Address2: "Unit 5", City: "New Quenby", Province: "NY", Country: "USA", ZipCode: "90412",
			},
			CIPID: "C01-X00-T47", CIPIDType: "PASSPORT", PhoneNumber: "+1 555 010 6142", Email: "jo.zarathorn@mail.example",
		},
		DueDiligence: identity.DueDiligence{Aliases: []string{"Fizzle"}},
		TaxDetails:   []identity.TaxDetail{{TaxPayerID: "917-55-0417"}},
	}
}

func TestTagsThatTellWhoSomebodyIs(t *testing.T) {
	t.Parallel()
	known := identity.TelltaleOf(identity.Name{Last: "Sealedname"}, somebody())
	for _, tag := range []string{
		"zarathorn", "sealedname", "jorg", "joerg", "li", "oquill", "fizzle", "joergzarathorn", "zarathorn-joerg", "call-zarathorn", "zarathorn2", "2zarathorn",
		"wrenfeather", "wrenfeather-lane", "221b", "at-221b", "quenby", "new-quenby", "c01x00t47", "c01-x00-t47", "ssn-0417", "ends-6142", "tel-106142",
		"born-1971", "b19710719", "jozarathorn",
	} {
		require.True(t, known.InTag(tag), tag)
		require.NotEmpty(t, known.WrongTags([]string{"bank", tag}), tag)
		require.NotContains(t, known.WrongTags([]string{tag}), tag, "it is not repeated")
	}
	for _, tag := range []string{
		"vip", "waiting-for-bank", "unit", "lane", "new", "new-lane", "usa", "ny-resident", "zara", "mail", "example", "call-1972", "q4-2026", "street", "b-5550",
	} {
		require.False(t, known.InTag(tag), tag)
	}
	nobody := identity.TelltaleOf(identity.Name{}, identity.Draft{})
	require.False(t, nobody.InTag("zarathorn"))
	require.Empty(t, nobody.WrongTags([]string{"vip", "a1"}))
}

func TestRefIDsThatTellWhoSomebodyIs(t *testing.T) {
	t.Parallel()
	known := identity.TelltaleOf(identity.Name{}, somebody())
	for _, id := range []string{
		"Zarathorn", "zarathorn-4711", "user_ZARATHORN", "Joerg.Zarathorn", "JorgLi", "wrenfeather", "Wrenfeather Lane", "wrenfeather-lane", "221b-Wrenfeather-Lane", "New Quenby",
		"C01X00T47", "917550417", "u-917-550417", "19710719", "19071971", "07191971", "cust-5550106142", "15550106142", "jo.zarathorn",
	} {
		require.True(t, known.InRefID(id), id)
	}
	for _, id := range []string{
		"user-4711", "U-0417", "90412", "221", "1971", "quenby-4711", "lane-12", "6142", "2026-11-000417", "0b9c4f7e-9e8e-4d0b-8f3e-1f2a3b4c5d6e", "", "-", "mail-7",
	} {
		require.False(t, known.InRefID(id), id)
	}
	require.False(t, identity.TelltaleOf(identity.Name{}, identity.Draft{}).InRefID("zarathorn"))
}

func FuzzTelltale(f *testing.F) {
	for _, s := range []string{"zarathorn", "ß-Ø", "0417", "Łi"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		d := somebody()
		d.Person.LastName, d.Person.PhoneNumber = name, text
		known := identity.TelltaleOf(identity.Name{Middle: text}, d)
		known.InTag(text)
		known.InRefID(name)
	})
}
