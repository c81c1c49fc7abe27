package main

import (
	"cmp"
	"fmt"
	"strings"
	"text/tabwriter"

	"identitydesk/internal/config"
)

const usage = `Identity Desk: the console for people stuck in PENDING at Paxos.

Usage: identitydesk COMMAND

Commands:
  serve           run the desk (and, where PAXOS_ENV is emulator, the emulator)
  migrate         bring the database's schema up to date; serve does so too
  emulator        run the emulator alone, for others to develop against
  sync            read everything from Paxos now, showing progress
  backup FILE     copy the database to a file; the desk may run meanwhile (--force replaces one that is there)
  restore FILE    put a backup in the place of the database, which is kept beside; no desk may run on it
  keys generate   print one value for ENCRYPTION_KEYS
  keys rotate     print ENCRYPTION_KEYS with a new key added (--promote: with it sealing; --retire: without keys that nothing needs)
  keys status     tell which keys the database needs, and what to do next
  keys public     print the public key with which evidence packs are verified
  audit verify    walk the audit log and name the first entry that does not hold (--pin SEQ:HASH: an end that it once had);
                  audit verify PACK.zip --key PUBLIC verifies an evidence pack, on any machine, without an environment
  loadtest        measure the desk on a data set in a temporary folder, each figure beside a reference (--identities 100000)
  healthcheck     ask a running desk whether it is ready; for containers
  version         print the version
  help            print this

A wrong environment is listed whole and nothing starts: exit code 2. Any other failure: exit code 1.

Environment:
`

type helpCommand struct{}

// Run prints the commands and the table of the environment.
func (helpCommand) Run(p *program) error {
	var b strings.Builder
	b.WriteString(usage)
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, v := range config.Describe() {
		_, _ = fmt.Fprintf(w, "  %s\t%s\n", v.Name, v.Meaning)
		_, _ = fmt.Fprintf(w, "  \texpects %s; default: %s\n", v.Expects, cmp.Or(v.Default, "none"))
		if v.Demanded != "" {
			_, _ = fmt.Fprintf(w, "  \tdemanded %s\n", v.Demanded)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprint(p.stdout, b.String())
	return err
}
