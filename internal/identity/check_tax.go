package identity

import "strings"

// tax checks the tax numbers. Paxos fills a US resident's from the SSN or ITIN; for others it wants them, or the word that
// none are needed.
func (c *checks) tax(d Draft) {
	resident := d.Person.Address.Country == usa
	switch {
	case len(d.TaxDetails) > 0 && d.TaxDetailsNotRequired:
		c.fail(fieldTaxNotRequired, c.say("Either give tax details or say that none are required, not both.",
			"Fill in either "+fieldTaxID+" and "+fieldTaxCountry+", or "+fieldTaxNotRequired+", not both."))
	case resident && d.TaxDetailsNotRequired:
		c.fail(fieldTaxNotRequired, "A US resident's tax details are required; "+c.say("leave them empty and Paxos takes them from the SSN or ITIN.",
			"empty "+fieldTaxNotRequired+": without "+fieldTaxID+" Paxos takes them from the SSN or ITIN."))
	case !resident && len(d.TaxDetails) == 0 && !d.TaxDetailsNotRequired && d.Person.Address.Country != "":
		c.fail(fieldTaxDetails, c.say("Give at least one tax number with its country, or say that tax details are not required.",
			"Fill in "+fieldTaxID+" and "+fieldTaxCountry+" with at least one tax number and its country, or write true into "+fieldTaxNotRequired+"."))
	}
	for _, t := range d.TaxDetails {
		c.taxDetail(t)
	}
}

func (c *checks) taxDetail(t TaxDetail) {
	if c.required(fieldTaxID, t.TaxPayerID, c.say("the tax number, or clear its country", "the tax number, or empty "+fieldTaxCountry)) {
		c.plain(fieldTaxID, t.TaxPayerID, longTaxID)
	}
	if c.required(fieldTaxCountry, t.TaxPayerCountry, "the country of the tax number") {
		c.country(fieldTaxCountry, t.TaxPayerCountry)
	}
}

// usNumber checks the form of an SSN or ITIN and the ranges that were never given out.
func (c *checks) usNumber(field, idType, number string) {
	groups := strings.Split(number, "-")
	if len(groups) != 3 || len(groups[0]) != 3 || len(groups[1]) != 2 || len(groups[2]) != 4 || !onlyDigits(strings.Join(groups, "")) {
		c.fail(field, "Write an "+idType+" with nine digits and dashes, as in xxx-xx-xxxx.")
		return
	}
	if idType == "ITIN" {
		if groups[0][0] != '9' {
			c.fail(field, "An ITIN begins with 9: check the number, or "+c.say("choose SSN.", "put SSN into "+fieldCIPIDType+"."))
		}
		return
	}
	switch {
	case groups[0][0] == '9':
		c.fail(field, "An SSN never begins with 9: check the number, or "+c.say("choose ITIN.", "put ITIN into "+fieldCIPIDType+"."))
	case groups[0] == "000", groups[0] == "666", groups[1] == "00", groups[2] == "0000":
		c.fail(field, "No SSN has 000 or 666 in front, 00 in the middle or 0000 at the end: check the number.")
	}
}
