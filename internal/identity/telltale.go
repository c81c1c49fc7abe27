package identity

import (
	"slices"
	"strings"
	"unicode"
)

// Telltale are the words and numbers by which a text would tell who a person is. They are personal data: never log them.
type Telltale struct {
	words   []string // of the name and aliases, of the mail address before its @, the government id; letters and digits alone, folded
	places  []string // of the address
	numbers []string // digits of government and tax ids and of the phone, and of the date of birth in the orders in which it is written
}

// The shortest words that tell of somebody: where a text is made of nothing else, where one stands among others, and a place there.
const (
	leastWhole = 2
	leastPart  = 3
	leastPlace = 4
)

// TelltaleOf are those of a person of whom a name, a draft or both are known.
func TelltaleOf(n Name, d Draft) Telltale {
	p := d.Person
	mail, _, _ := strings.Cut(p.Email, "@")
	t := Telltale{}
	for _, s := range append([]string{n.First, n.Middle, n.Last, p.FirstName, p.MiddleName, p.LastName, mail, p.CIPID}, d.DueDiligence.Aliases...) {
		t.words = append(t.words, tellingWords(s)...)
	}
	for _, s := range []string{p.Address.Address1, p.Address.Address2, p.Address.City, p.Address.Province, p.Address.ZipCode} {
		t.places = append(t.places, tellingWords(s)...)
	}
	t.addNumbers(p.CIPID, p.PhoneNumber)
	for _, tax := range d.TaxDetails {
		t.addNumbers(tax.TaxPayerID)
	}
	if parts := strings.Split(p.DateOfBirth, "-"); len(parts) == 3 {
		t.addNumbers(parts[0]+parts[1]+parts[2], parts[2]+parts[1]+parts[0], parts[1]+parts[2]+parts[0])
	}
	return t
}

// placeWords stand in many addresses and tell of none.
const placeWords = `street road avenue lane drive court place square boulevard terrace highway parkway circle close way suite unit floor
	apartment building house north south east west upper lower central new strasse rue via calle`

func (t *Telltale) addNumbers(texts ...string) {
	for _, s := range texts {
		if n := digitsOf(s); n != "" {
			t.numbers = append(t.numbers, n)
		}
	}
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// tellingWords are the words of a text that have a letter, as they stand, joined where a sign stands between them, and all in one.
func tellingWords(s string) (words []string) {
	umlauts := strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "Ä", "Ae", "Ö", "Oe", "Ü", "Ue")
	for _, written := range []string{s, umlauts.Replace(s), strings.ReplaceAll(Transliterate(s), "'", "")} {
		folded := fold(written)
		words = append(words, strings.FieldsFunc(folded, notWord)...)
		for _, joined := range append(strings.Fields(folded), folded) {
			words = append(words, compact(joined))
		}
	}
	words = slices.DeleteFunc(words, func(w string) bool { return len(w) < leastWhole || !strings.ContainsFunc(w, unicode.IsLetter) })
	slices.Sort(words)
	return slices.Compact(words)
}

func notWord(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// compact is a text without what stands between its words.
func compact(s string) string { return strings.Join(strings.FieldsFunc(s, notWord), "") }

// InTag reports whether a tag tells who the person is: it holds a word, or the end or more of a number.
func (t Telltale) InTag(tag string) bool {
	return t.spelled(tag) || holdsWord(tag, t.words, leastPart) || holdsWord(tag, t.ownPlaces(), leastPlace) || t.numbered(tag, leastTagRun)
}

// ownPlaces are the words of the address that do not stand in many others.
func (t Telltale) ownPlaces() []string {
	common := strings.Fields(placeWords)
	return slices.DeleteFunc(slices.Clone(t.places), func(w string) bool { return slices.Contains(common, w) })
}

// InRefID reports whether a ref_id tells who the person is. The name of a place may be part of the ids of many, and numbers are likely to
// be alike by chance: an id must be made of nothing but places, or hold more of a number.
func (t Telltale) InRefID(refID string) bool {
	return t.spelled(refID) || holdsWord(refID, t.words, leastPart) || t.numbered(refID, leastRefIDRun)
}

// holdsWord reports whether one of the parts of a text is a word of at least so many letters; digits around it do not hide it.
func holdsWord(text string, words []string, least int) bool {
	return slices.ContainsFunc(strings.FieldsFunc(fold(text), notWord), func(part string) bool {
		bare := strings.Trim(part, digitSigns)
		return len(part) >= least && slices.Contains(words, part) || len(bare) >= least && slices.Contains(words, bare)
	})
}

const digitSigns = "0123456789"

// spelled reports whether a text is made of nothing but the words, with or without signs between them; digits around those of a name
// do not hide it.
func (t Telltale) spelled(text string) bool {
	whole := compact(fold(text))
	inAll := madeOf(whole, slices.Concat(t.words, t.places)) && !madeOf(whole, strings.Fields(placeWords))
	return inAll || madeOf(strings.Trim(whole, digitSigns), t.words)
}

func madeOf(whole string, words []string) bool {
	reached := make([]bool, len(whole)+1) // whether the words lead so far
	reached[0] = true
	for n := range whole {
		for _, w := range words {
			if reached[n] && strings.HasPrefix(whole[n:], w) {
				reached[n+len(w)] = true
			}
		}
	}
	return whole != "" && reached[len(whole)]
}

// How many digits in a row are too many: the end of a number, and the midst of one.
const (
	leastTagRun   = 4
	leastRefIDRun = 6
	leastInside   = 5
)

func (t Telltale) numbered(text string, least int) bool {
	runs := strings.FieldsFunc(compact(text), func(r rune) bool { return r < '0' || r > '9' })
	return slices.ContainsFunc(runs, func(run string) bool {
		return len(run) >= least && slices.ContainsFunc(t.numbers, func(n string) bool {
			return strings.HasSuffix(n, run) || len(run) >= leastInside && strings.Contains(n, run) || len(n) >= least && strings.Contains(run, n)
		})
	})
}
