package paxos

import (
	"reflect"
	"regexp"
	"strings"
)

var fieldWord = regexp.MustCompile(`[a-z][a-z0-9]*(?:[._][a-z0-9]+)+`)

// form is what is sent, as far as its fields can be named to a person.
type form []string

// formOf is the form of a draft.
func formOf[T any]() form { return draftPaths(reflect.TypeFor[T](), "") }

// fieldPath is the JSON path of the form's field that Paxos names by its path or by its last part. A name that is no field is
// not passed on: it could be anything.
func (f form) fieldPath(name string) (string, bool) {
	last := ""
	for _, path := range f {
		if path == name {
			return path, true
		}
		if strings.HasSuffix(path, "."+name) {
			last = path
		}
	}
	return last, last != ""
}

// fieldNamedIn is the first field of the form that a text names, by a word that is none of everyday language.
func (f form) fieldNamedIn(text string) (string, bool) {
	for _, word := range fieldWord.FindAllString(text, -1) {
		if path, ok := f.fieldPath(word); ok {
			return path, true
		}
	}
	return "", false
}

// draftPaths are the JSON paths of a struct's fields, groups included.
func draftPaths(t reflect.Type, before string) []string {
	var all []string
	for field := range t.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		path := before + name
		all = append(all, path)
		if field.Type.Kind() == reflect.Struct {
			all = append(all, draftPaths(field.Type, path+".")...)
		}
	}
	return all
}
