package views

import (
	"time"

	"identitydesk/internal/access"
	"identitydesk/internal/identity"
)

func (b book) imports() []Story {
	page := func(items ...identity.Import) Story {
		return Story{Role: access.Lead, Component: Imports(ImportsPage{Chrome: b.chrome(access.Lead, SectionImports), Items: items})}
	}
	form := func(p NewImportPage) Story {
		p.Chrome, p.Columns = b.chrome(access.Lead, SectionImports), identity.ImportColumns()
		return Story{Role: access.Lead, Component: NewImport(p)}
	}
	ready, running, done := b.readyImport(), b.runningImport(), b.doneImport()
	later := Story{Role: access.Lead, Component: Imports(ImportsPage{
		Chrome: b.chrome(access.Lead, SectionImports), Items: []identity.Import{done}, After: "x", Next: "y",
	})}
	stories := named("imports", map[string]Story{"list": page(ready, running, done), "none": page(), "later": later})
	stories = append(stories, named("newimport", map[string]Story{
		"form": form(NewImportPage{}),
		"refused": form(NewImportPage{
			Typed: "ref_id,person_details.midle_name\nuser-1,Maximiliane", Text: "Nothing was read from this file.",
			Errors: map[string]string{"file": "These columns are not known: person_details.midle_name. Name them as in the template, or take them out."},
		}),
	})...)
	return append(stories, named("import", map[string]Story{
		"ready":   b.importStory(ImportPage{Import: ready, Own: true, Lines: b.previewLines(true), Next: 102}),
		"others":  b.importStory(ImportPage{Import: ready, Lines: b.previewLines(false), Show: identity.RowWrong, After: 4}),
		"running": b.importStory(ImportPage{Import: running, Lines: b.sentLines()}),
		"done":    b.importStory(ImportPage{Import: done, Lines: b.sentLines()}),
		"expired": b.importStory(ImportPage{Import: b.expiredImport(), Show: identity.RowWrong}),
	})...)
}

func (b book) importStory(p ImportPage) Story {
	p.Chrome = b.chrome(access.Lead, SectionImports)
	return Story{Role: access.Lead, Component: Import(p)}
}

func (b book) anImport(s identity.ImportState, age time.Duration, results map[identity.ImportResult]int) identity.Import {
	i := identity.Import{
		ID: "019cb7c1-6b40-7d35-a1c3-" + string(s) + "0000", State: s, ByID: "lea", ByName: "Robin Vance", At: b.ago(age), KeepUntil: b.now.Add(day - age),
		Results: results, Wrong: results[identity.RowWrong], Holds: true,
		Steps: []identity.ImportStep{{Kind: identity.ImportUploaded, ByID: "lea", ByName: "Robin Vance", At: b.ago(age)}},
	}
	for _, n := range results {
		i.Rows += n
	}
	return i
}

func (b book) readyImport() identity.Import {
	i := b.anImport(identity.ImportReady, 4*time.Minute, map[identity.ImportResult]int{
		identity.RowNew: 1180, identity.RowKnown: 42, identity.RowWrong: 18,
	})
	i.SameAs = "019cb7c1-6b40-7d35-a1c3-done0000"
	return i
}

func (b book) runningImport() identity.Import {
	i := b.anImport(identity.ImportRunning, 40*time.Minute, map[identity.ImportResult]int{
		identity.RowNew: 812, identity.RowKnown: 42, identity.RowWrong: 18, identity.RowQueued: 2, identity.RowSent: 2, identity.RowAccepted: 361, identity.RowFailed: 3,
	})
	i.Steps = append(i.Steps,
		identity.ImportStep{Kind: identity.ImportStarted, ByID: "lea", ByName: "Robin Vance", At: b.ago(31 * time.Minute)},
		identity.ImportStep{Kind: identity.ImportHeld, ByID: "kim", ByName: "Dana Maximiliane Featherstonehaugh", At: b.ago(20 * time.Minute)},
		identity.ImportStep{Kind: identity.ImportWentOn, ByID: "lea", ByName: "Robin Vance", At: b.ago(18 * time.Minute)})
	return i
}

func (b book) doneImport() identity.Import {
	i := b.anImport(identity.ImportDone, 26*time.Hour, map[identity.ImportResult]int{
		identity.RowAccepted: 9, identity.RowFailed: 1, identity.RowWithdrawn: 1, identity.RowLeft: 1, identity.RowUnread: 1,
	})
	i.Holds, i.EndedAt = false, b.at(25*time.Hour)
	i.Steps = append(i.Steps, identity.ImportStep{Kind: identity.ImportStarted, ByID: "lea", At: b.ago(26 * time.Hour)},
		identity.ImportStep{Kind: identity.ImportFinished, At: b.ago(25 * time.Hour)}, identity.ImportStep{Kind: identity.ImportErased, At: b.ago(time.Hour)})
	return i
}

func (b book) expiredImport() identity.Import {
	i := b.anImport(identity.ImportExpired, 3*day, map[identity.ImportResult]int{identity.RowLeft: 12})
	i.Steps = append(i.Steps, identity.ImportStep{Kind: identity.ImportTooLate, At: b.ago(2 * day)})
	return i
}

// previewLines are rows that were read; those with errors are told in words to whoever uploaded them.
func (b book) previewLines(words bool) []identity.ImportLine {
	wrong := identity.ImportLine{
		Line: 4, Result: identity.RowWrong, Fields: []string{"person_details.first_name", "person_details.cip_id"},
		Errors: map[string]string{
			"person_details.first_name": "Paxos takes only letters from A to Z, digits, spaces and / ? : ( ) . , & ' + -; write Jose?",
			"person_details.cip_id":     "Write an SSN with nine digits and dashes, as in xxx-xx-xxxx.",
		},
	}
	if !words {
		wrong.Errors = nil
		return []identity.ImportLine{wrong}
	}
	return []identity.ImportLine{
		{Line: 2, Result: identity.RowNew, RefID: "user-9001"},
		{Line: 3, Result: identity.RowKnown, RefID: "user-4711", IdentityID: b.approved().ID, Status: identity.Approved},
		wrong,
		{Line: 5, Result: identity.RowNew, RefID: "a-very-long-reference-of-a-customer-who-came-from-another-system-in-2019-000001"},
		{Line: 6, Result: identity.RowNew, RefID: "user-9002", HolderID: b.approved().ID, HolderRef: "user-4711"},
	}
}

// sentLines are rows that have had their turn, in every way in which that can end.
func (b book) sentLines() []identity.ImportLine {
	id := b.approved().ID
	return []identity.ImportLine{
		{Line: 2, Result: identity.RowAccepted, RefID: "user-9001", IdentityID: id, Status: identity.Pending},
		{Line: 3, Result: identity.RowKnown, IdentityID: id},
		{Line: 5, Result: identity.RowFailed, RefID: "user-9003", IdentityID: id, FailureCode: identity.CIPIDTaken},
		{Line: 6, Result: identity.RowSent, RefID: "user-9004", IdentityID: id},
		{Line: 7, Result: identity.RowWithdrawn, RefID: "user-9005", IdentityID: id},
		{Line: 8, Result: identity.RowUnread, RefID: "user-9006"},
		{Line: 9, Result: identity.RowLeft, RefID: "user-9007"},
	}
}
