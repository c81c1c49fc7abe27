package config

import "reflect"

// Variable is one row of the table of environment variables.
type Variable struct {
	Name     string
	Default  string // as the help shows it; empty where there is none
	Meaning  string
	Expects  string // what a right value looks like
	Demanded string // where it must be set, such as "outside emulator"; empty where never
	field    string // the field of Config that holds it
}

// Describe lists every variable in the order in which help and README show them.
func Describe() []Variable {
	fields := reflect.VisibleFields(reflect.TypeFor[Config]())
	table := make([]Variable, len(fields))
	for i, field := range fields {
		table[i] = Variable{
			Name:     field.Tag.Get("env"),
			Default:  shownDefault(field.Tag),
			Meaning:  field.Tag.Get("means"),
			Expects:  field.Tag.Get("expects"),
			Demanded: field.Tag.Get("demanded"),
			field:    field.Name,
		}
	}
	return table
}

func shownDefault(tag reflect.StructTag) string {
	if shown := tag.Get("shown"); shown != "" {
		return shown
	}
	return tag.Get("envDefault")
}
