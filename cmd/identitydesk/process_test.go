package main

import (
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// stopSignal ends the desk as an operator does.
const stopSignal = syscall.SIGTERM

// asProgram makes the test binary be the program: a process of its own, to be killed.
const asProgram = "IDENTITYDESK_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if dir := os.Getenv(asIntake); dir != "" {
		if err := serveIntake(dir); err != nil {
			log.Fatal(err)
		}
		return
	}
	if os.Getenv(asProgram) == "" {
		os.Exit(m.Run())
	}
	signal.Ignore(syscall.SIGXFSZ) // a test may limit how large files can grow: then writing fails, as on a full disk
	main()
}

// process is a desk in a process of its own, on a port and a folder that stay the same when it is killed and started again.
type process struct {
	t       *testing.T
	addr    string
	environ []string
	log     io.Writer

	mu  sync.Mutex
	cmd *exec.Cmd
}

// freeAddr is a loopback address that nobody listens on, nor will until the test does: it lies below the ports that the system
// gives to whoever asks for any, and none is given out twice.
func freeAddr(t *testing.T) string {
	t.Helper()
	for range 100 {
		addr := "127.0.0.1:" + strconv.Itoa(10_000+rand.IntN(20_000))
		l, err := net.Listen("tcp", addr)
		if err != nil {
			continue
		}
		require.NoError(t, l.Close())
		if _, given := addrsGiven.LoadOrStore(addr, true); !given {
			return addr
		}
	}
	t.Fatal("no port is free")
	return ""
}

// addrsGiven are the addresses that freeAddr gave to the tests of this process.
var addrsGiven sync.Map

// start starts the desk and waits until it answers.
func (p *process) start() {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	cmd := exec.Command(os.Args[0], "serve")
	cmd.Env = p.environment()
	cmd.Stdout, cmd.Stderr = p.log, p.log
	require.NoError(p.t, cmd.Start())
	p.cmd = cmd
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		resp, err := http.Get("http://" + p.addr + "/healthz")
		if err == nil {
			_ = resp.Body.Close()
			return
		}
	}
	p.t.Error("the desk did not start")
}

func (p *process) environment() []string {
	return append([]string{asProgram + "=1", "LISTEN_ADDR=" + p.addr, "PATH=" + os.Getenv("PATH"), "GORACE=halt_on_error=1"}, p.environ...)
}

// kill ends the desk as a power cut would.
func (p *process) kill() { p.end(syscall.SIGKILL) }

// end sends a signal and waits for the process.
func (p *process) end(how syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Signal(how)
	_ = p.cmd.Wait()
	p.cmd = nil
}

// signal sends a signal and does not wait.
func (p *process) signal(what syscall.Signal) {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Signal(what))
}

// stopped waits until the process has ended and gives its exit code.
func (p *process) stopped() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.cmd.Wait() // the code tells
	defer func() { p.cmd = nil }()
	return p.cmd.ProcessState.ExitCode()
}
