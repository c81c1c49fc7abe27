// Command identitydesk is the Identity Desk: the console in which a compliance-operations team onboards people to Paxos,
// works the queue of those stuck in PENDING, and answers auditors. See `identitydesk help`.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"

	"identitydesk/internal/config"

	_ "time/tzdata" // zones must be known where the machine has none, as in the container
)

// The exit codes that scripts may rely on.
const (
	exitFailed = 1 // something went wrong while running
	exitUsage  = 2 // the command line or the environment is wrong; nothing was done

	exitSignalled = 128 // and the signal's number: a second signal, while it was stopping
)

func main() {
	collectSeldom()
	p := program{stdout: os.Stdout, stderr: os.Stderr, environ: os.Environ()}
	os.Exit(p.main(untilSignal(), os.Args[1:]))
}

// untilSignal ends with the first signal to stop. A second one ends the process at once, with the exit code that a shell gives to
// what a signal has killed: that it is done here makes it hold for the first process of a container too, and leaves a line.
func untilSignal() context.Context {
	ctx, stop := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		<-signals
		stop()
		second := <-signals
		_, _ = fmt.Fprintf(os.Stderr, "identitydesk: stopped at once by a second signal (%s). Jobs that were under way come again.\n", second)
		code := exitSignalled
		if number, ok := second.(syscall.Signal); ok {
			code += int(number)
		}
		os.Exit(code)
	}()
	return ctx
}

// collectSeldom lets the heap grow to four times what lives on it before it is collected, where GOGC does not say otherwise. Little
// lives there, since the database keeps its pages elsewhere: in the little room that this gives by itself, a stream of webhooks
// makes the collector run more than twenty times a second.
func collectSeldom() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(300)
	}
}

// program is one run of the binary: what it was given, and where it writes. Tests run it as main does.
type program struct {
	stdout, stderr io.Writer
	environ        []string
	onReady        func(addresses) // tests learn the ports here
}

type commands struct {
	Serve       serveCommand       `cmd:"" help:"Run the desk (and, where PAXOS_ENV is emulator, the emulator)."`
	Migrate     migrateCommand     `cmd:"" help:"Bring the database's schema up to date. serve does so too."`
	Emulator    emulatorCommand    `cmd:"" help:"Run the emulator alone, for others to develop against."`
	Sync        syncCommand        `cmd:"" help:"Read everything from Paxos now, showing progress. Resumes where it was stopped."`
	Backup      backupCommand      `cmd:"" help:"Copy the database to a file; the desk may run meanwhile."`
	Restore     restoreCommand     `cmd:"" help:"Put a backup in the place of the database; no desk may run on it."`
	Keys        keysCommand        `cmd:"" help:"Make encryption keys."`
	Audit       auditCommand       `cmd:"" help:"Verify the audit log, or an evidence pack."`
	Loadtest    loadtestCommand    `cmd:"" help:"Measure the desk on a data set in a temporary folder, each figure beside a reference."`
	Drive       driveCommand       `cmd:"" hidden:"" help:"Ask for a page again and again; loadtest runs this beside itself."`
	Healthcheck healthcheckCommand `cmd:"" help:"Ask a running desk whether it is ready; for containers."`
	Version     versionCommand     `cmd:"" help:"Print the version."`
	Help        helpCommand        `cmd:"" help:"Print the commands and every variable of the environment."`
}

// main runs one command and gives the exit code.
func (p *program) main(ctx context.Context, args []string) int {
	var c commands
	code := -1
	parser, err := kong.New(&c, kong.Name("identitydesk"), kong.Description("The console for people stuck in PENDING at Paxos."),
		kong.Writers(p.stdout, p.stderr), kong.Exit(func(n int) { code = n }), kong.Bind(p), kong.BindTo(ctx, (*context.Context)(nil)))
	if err != nil {
		return p.fail(err)
	}
	if len(args) == 0 {
		args = []string{"help"}
	}
	run, err := parser.Parse(args)
	if code >= 0 { // --help has printed itself
		return code
	}
	if err != nil {
		_, _ = fmt.Fprintf(p.stderr, "identitydesk: %v\nTry `identitydesk help`.\n", err)
		return exitUsage
	}
	if err := run.Run(); err != nil {
		return p.fail(err)
	}
	return 0
}

// fail prints an error and chooses the exit code: a wrong environment is listed whole.
func (p *program) fail(err error) int {
	if problems, ok := errors.AsType[*config.Problems](err); ok {
		_, _ = fmt.Fprintf(p.stderr, "identitydesk: the environment is not right. Nothing was started.\n%s\n`identitydesk help` lists every variable.\n", problems)
		return exitUsage
	}
	_, _ = fmt.Fprintf(p.stderr, "identitydesk: %s\n", describe(err))
	return exitFailed
}
