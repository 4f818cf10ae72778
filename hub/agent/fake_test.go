package agent_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

// fakeVariable makes the test binary play an agent that misbehaves in the way
// that its value names.
const fakeVariable = "FAKE_AGENT"

// fakeAgent is the child process. Its value chooses how it starts and ends, a
// prompt's text what it does in a turn.
type fakeAgent struct {
	how  string
	in   *bufio.Reader
	out  *bufio.Writer
	stop string // the reason that the turn ends with, as JSON
	id   string // of the request that is being answered

	loaded bool // it was asked to load a session
}

// leak is an error in which an agent tells its secrets; its argument is an id.
const leak = `{"jsonrpc":"2.0","id":%s,"error":{"code":-32603,"message":"401 for Bearer hunter2-secret","data":{"details":"x-api-key: hunter2-secret"}}}`

type fakeMessage struct {
	ID     json.RawMessage
	Method string
	Params struct {
		SessionID string
		Prompt    []struct{ Text string }
	}
	Result json.RawMessage
	Error  json.RawMessage
}

func runFake(how string) {
	a := &fakeAgent{how: how, in: bufio.NewReader(os.Stdin), out: bufio.NewWriter(os.Stdout)}
	switch how {
	case "leaks and exits":
		fmt.Fprintln(os.Stderr, "KESTREL_KEY_TOKEN=hunter2-secret")
		os.Exit(3)
	case "exits at once":
		fmt.Fprintln(os.Stderr, "no key: set KESTREL_KEY")
		os.Exit(3)
	case "says nothing":
		_, _ = a.in.ReadString(0)
		return
	case "writes nonsense", "writes a line without end", "writes empty lines":
		nonsense := map[string]string{
			"writes nonsense":           strings.Repeat("usage: kestrel [bees] ", 100) + "\n",
			"writes a line without end": "bees",
			"writes empty lines":        "\n",
		}[how]
		for {
			if _, err := a.out.WriteString(nonsense); err != nil {
				return
			}
		}
	case "ignores the end of its input":
		defer func() { select {} }()
	case "ignores SIGTERM":
		signal.Ignore(syscall.SIGTERM)
		defer func() { select {} }()
	case "says farewell at SIGTERM":
		asked := make(chan os.Signal, 1)
		signal.Notify(asked, syscall.SIGTERM)
		go func() { // ends the process
			<-asked
			fmt.Println(`{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"fake-1","update":{"sessionUpdate":"note","text":"farewell"}}}`)
			os.Exit(5)
		}()
	case "closes its output":
		defer func() { select {} }()
	}
	for {
		m, ok := a.read()
		if !ok {
			return
		}
		a.handle(m)
		if a.out.Flush() != nil {
			return
		}
	}
}

func (a *fakeAgent) read() (m fakeMessage, ok bool) {
	line, err := a.in.ReadBytes('\n')
	if err != nil {
		return m, false
	}
	if err := json.Unmarshal(line, &m); err != nil {
		panic(err)
	}
	return m, true
}

func (a *fakeAgent) handle(m fakeMessage) {
	a.id = string(m.ID)
	switch m.Method {
	case "initialize":
		if a.how == "is started by a launcher" {
			a.line("Need to install the following packages:\nkestrel@1.0.0")
			a.line(`debug: got {"jsonrpc":"2.0","id":1,"method":"initialize"}`)
			a.line(`debug: {"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"fake-1"}}`)
			fmt.Fprint(a.out, "\x1b[1mOk to {proceed}?\x1b[0m (y) ")
			a.line(`{"jsonrpc":"2.0","id":%s,"result":{"protocolVersion":1}}`, m.ID)
			return
		}
		a.note("before everything")
		version, other := strings.CutPrefix(a.how, "speaks version ")
		if !other {
			version = "1"
		}
		loads := []string{"can load", "replays after its answer", "forgets it all", "forgets it all, as a server", "forgets it all, with much noise",
			"dies of loading", "dies after loading", "is lost by loading", "wants a login to load", "leaks at load"}
		a.line(`{"jsonrpc":"2.0","id":%s,"result":{"protocolVersion":%s,"agentCapabilities":{"loadSession":%t},"authMethods":[`+
			`{"id":"a","name":"Log in with Kestrel","description":"Run kestrel login first"},{"id":"b","name":"API key","description":null}]}}`,
			m.ID, version, slices.Contains(loads, a.how))
	case "session/new":
		switch a.how {
		case "is lost by loading":
			if a.loaded {
				a.line(`{"jsonrpc":"2.0","id":%s,"error":{"code":-32603,"message":"still loading"}}`, m.ID)
				return
			}
		case "leaks at new":
			a.line(leak, m.ID)
			return
		case "wants a login":
			a.line(`{"jsonrpc":"2.0","id":%s,"error":{"code":-32000,"message":"Authentication required"}}`, m.ID)
			return
		case "has no model":
			fmt.Fprintln(os.Stderr, "looking for foo-1")
			<-time.After(time.Second) // until that is read
			a.line(`{"jsonrpc":"2.0","id":%s,"error":{"code":-32603,"message":"Internal error","data":{"details":"model foo-1 does not exist"}}}`, m.ID)
			return
		}
		a.note("before the answer")
		a.line(`{"jsonrpc":"2.0","id":%s,"result":{"sessionId":"fake-1"}}`, m.ID)
		a.note("after the answer")
	case "session/load":
		a.load(m)
	case "session/prompt":
		name, argument, _ := strings.Cut(m.Params.Prompt[0].Text, " ")
		a.stop = `"end_turn"`
		turns[name](a, argument)
		a.line(`{"jsonrpc":"2.0","id":%s,"result":{"stopReason":%s}}`, m.ID, a.stop)
	}
}

func (a *fakeAgent) load(m fakeMessage) {
	a.loaded = true
	switch a.how {
	case "leaks at load":
		a.line(leak, m.ID)
		return
	case "forgets it all, with much noise":
		a.line(strings.Repeat("x", 2<<20))
		a.line(`{"jsonrpc":"2.0","id":%s,"error":{"code":-32002,"message":"no such session"}}`, m.ID)
		return
	case "forgets it all, as a server":
		a.line(`{"jsonrpc":"2.0","id":%s,"error":{"code":-32000,"message":"Session not found"}}`, m.ID)
		return
	case "is lost by loading":
		a.line(`{"jsonrpc":"2.0","id":%s,"error":"no"}`, m.ID)
		return
	case "forgets it all":
		a.line(`{"jsonrpc":"2.0","id":%s,"error":{"code":-32002,"message":"no such session"}}`, m.ID)
		return
	case "wants a login to load":
		a.line(`{"jsonrpc":"2.0","id":%s,"error":{"code":-32000,"message":"Authentication required"}}`, m.ID)
		return
	case "dies of loading":
		os.Exit(1)
	}
	a.note("replayed")
	a.line(`{"jsonrpc":"2.0","method":"_fake/state","params":{}}`)
	a.line(`{"jsonrpc":"2.0","id":%s,"result":null}`, m.ID)
	if a.how == "dies after loading" {
		_ = a.out.Flush()
		os.Exit(1)
	}
	if a.how == "replays after its answer" {
		for i := range 10 {
			_ = a.out.Flush()
			<-time.After(20 * time.Millisecond)
			a.note(fmt.Sprintf("replayed late: %d", i))
		}
	}
}

// line writes one line, or several.
func (a *fakeAgent) line(format string, args ...any) { fmt.Fprintf(a.out, format+"\n", args...) }

// note writes a notification with a text.
func (a *fakeAgent) note(text string) {
	a.line(`{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"fake-1","update":{"sessionUpdate":"note","text":%q}}}`, text)
}

// answer writes a request and returns the line that answers it.
func (a *fakeAgent) answer(format string, args ...any) fakeMessage {
	a.line(format, args...)
	_ = a.out.Flush()
	m, _ := a.read()
	return m
}
