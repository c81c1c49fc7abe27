package config

import (
	"strings"
)

// Problem is one thing wrong with one variable. Text never holds the value.
type Problem struct {
	Name string
	Text string
}

// Problems is everything wrong with an environment, in the order of the help.
type Problems struct {
	List []Problem
}

// Error lists one problem per line.
func (p *Problems) Error() string {
	lines := make([]string, len(p.List))
	for i, problem := range p.List {
		lines[i] = problem.Name + ": " + problem.Text
	}
	return strings.Join(lines, "\n")
}

// findings collects problems by variable; the first one of a variable counts, since
// those after it often follow from it.
type findings map[string]string

func (f findings) add(name, text string) {
	if _, known := f[name]; !known {
		f[name] = text
	}
}

// err gives the findings in the order of the table, nil where there are none.
func (f findings) err(table []Variable) error {
	if len(f) == 0 {
		return nil
	}
	problems := new(Problems)
	for _, variable := range table {
		if text, found := f[variable.Name]; found {
			problems.List = append(problems.List, Problem{variable.Name, text})
		}
	}
	return problems
}
