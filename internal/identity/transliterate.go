package identity

import "strings"

// Transliterate writes Latin letters with marks as Paxos takes them: José becomes Jose, Łukasz Lukasz, Müller Muller. Typographic
// quotes and dashes become plain ones. What has no equal in the table stays, so a text that is still not plain cannot be
// written for Paxos by rule.
func Transliterate(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < 0x80:
			b.WriteRune(r)
		case r >= 0x300 && r <= 0x36f: // a mark that stands beside its letter
		default:
			b.WriteString(plainLetter(r))
		}
	}
	return b.String()
}

// plainLetter finds the letter's row in the table: the plain writing, then all letters that are written so.
func plainLetter(r rune) string {
	for row := range strings.FieldsSeq(letterTable) {
		plain, letters, _ := strings.Cut(row, "=")
		if strings.ContainsRune(letters, r) {
			return plain
		}
	}
	return string(r)
}

const letterTable = `
A=ÀÁÂÃÄÅĀĂĄǍẠẢẤẦẨẪẬẮẰẲẴẶ a=àáâãäåāăąǎạảấầẩẫậắằẳẵặ AE=ÆǼ ae=æǽ
C=ÇĆĈĊČ c=çćĉċč D=ĎĐÐ d=ďđð
E=ÈÉÊËĒĔĖĘĚẸẺẼẾỀỂỄỆ e=èéêëēĕėęěẹẻẽếềểễệ
G=ĜĞĠĢǦ g=ĝğġģǧ H=ĤĦ h=ĥħ
I=ÌÍÎÏĨĪĬĮİỈỊ i=ìíîïĩīĭįıỉị J=Ĵ j=ĵ K=Ķ k=ķ
L=ĹĻĽĿŁ l=ĺļľŀł N=ÑŃŅŇŊ n=ñńņňŋ
O=ÒÓÔÕÖØŌŎŐƠỌỎỐỒỔỖỘỚỜỞỠỢ o=òóôõöøōŏőơọỏốồổỗộớờởỡợ OE=Œ oe=œ
R=ŔŖŘ r=ŕŗř S=ŚŜŞŠȘ s=śŝşšș ss=ß SS=ẞ T=ŢŤŦȚ t=ţťŧț TH=Þ th=þ
U=ÙÚÛÜŨŪŬŮŰŲƯỤỦỨỪỬỮỰ u=ùúûüũūŭůűųưụủứừửữự
W=ŴẀẂẄ w=ŵẁẃẅ Y=ÝŶŸỲỴỶỸ y=ýÿŷỳỵỷỹ Z=ŹŻŽ z=źżž
'=‘’ʼ‚´ -=‐‑‒–—
`
