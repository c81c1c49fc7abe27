package views

import "github.com/a-h/templ"

// shortcut is a key and what it does.
type shortcut struct {
	Keys []string // pressed one after the other
	Text string
}

// shortcuts are all keys of the desk that a person may use.
func shortcuts(c Chrome) []shortcut {
	all := []shortcut{
		{[]string{"j"}, "Next row"},
		{[]string{"k"}, "Row before"},
		{[]string{"Enter"}, "Open the row’s case"},
		{[]string{"n"}, "Next case of the same list"},
	}
	if c.May.Work {
		all = append(all,
			shortcut{[]string{"c"}, "Claim the case"},
			shortcut{[]string{"r"}, "Re-check the case"},
			shortcut{[]string{"s"}, "Snooze the case"},
			shortcut{[]string{"m"}, "Write a note"},
			shortcut{[]string{"Ctrl", "Enter"}, "Send what you wrote"},
		)
	}
	if c.May.Reveal {
		all = append(all, shortcut{[]string{"v"}, "Reveal personal data of the case"})
	}
	all = append(all,
		shortcut{[]string{"/"}, "Look up an id"},
		shortcut{[]string{"g", "q"}, "Go to the queue"},
		shortcut{[]string{"g", "i"}, "Go to the identities"},
	)
	if c.May.Events {
		all = append(all, shortcut{[]string{"g", "e"}, "Go to the events"})
	}
	if c.May.Audit {
		all = append(all, shortcut{[]string{"g", "a"}, "Go to the audit log"})
	}
	return append(all, shortcut{[]string{"?"}, "Show these keys"})
}

// keyed makes an element answer to a key, unless the person has switched such keys off.
func keyed(c Chrome, key string) templ.Attributes {
	if c.NoSingleKeys {
		return nil
	}
	return templ.Attributes{"data-key": key, "aria-keyshortcuts": key}
}
