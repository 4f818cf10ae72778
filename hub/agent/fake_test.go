package agent_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// fakeVariable is the environment variable that makes the test binary run as the fake
// agent. Its value is a behaviour.
const fakeVariable = "FAKE_AGENT"

// fakeAgent is an agent in a child process. Its behaviour decides how it starts and
// ends, and the text of a prompt what it does in a turn; see turns.
type fakeAgent struct {
	behaviour string
	in        *bufio.Reader
	out       *bufio.Writer
	stop      string // the stop reason of the current turn, as JSON
	id        string // of the current request
	loading   bool   // session/load was requested
}

// fakeMessage is a message to the fake agent.
type fakeMessage struct {
	ID     json.RawMessage
	Method string
	Params fakeParams
	Result json.RawMessage
	Error  json.RawMessage
}

// fakeParams has the parameters of all requests.
type fakeParams struct {
	SessionID       string
	ProtocolVersion int
	Prompt          []struct{ Text string }

	ToolCallID, TerminalID string

	Cursor                          string
	ModeID, ModelID, ConfigID, Type string
	Value                           json.RawMessage
}

func runFake(behaviour string) {
	a := &fakeAgent{behaviour: behaviour, in: bufio.NewReader(os.Stdin), out: bufio.NewWriter(os.Stdout)}
	if start := starts[behaviour]; start != nil {
		start(a)
	}
	for {
		m, ok := a.read()
		if !ok {
			break
		}
		a.handle(m)
		if a.out.Flush() != nil {
			break
		}
	}
	if lingers[behaviour] {
		select {}
	}
}

// lingers has the behaviours of an agent that does not exit when its input ends.
var lingers = map[string]bool{"ignores the end of its input": true, "ignores SIGTERM": true, "closes its output": true}

// starts has what an agent of a behaviour does when it starts.
var starts = map[string]func(*fakeAgent){
	"leaks and exits": func(*fakeAgent) {
		fmt.Fprintln(os.Stderr, "KESTREL_KEY_TOKEN=hunter2-secret")
		os.Exit(3)
	},
	"exits at once": func(*fakeAgent) {
		fmt.Fprintln(os.Stderr, "no key: set KESTREL_KEY")
		os.Exit(3)
	},
	"is silent": func(a *fakeAgent) {
		_, _ = a.in.ReadString(0)
		os.Exit(0)
	},
	"writes lines of text":      func(a *fakeAgent) { a.repeat(strings.Repeat("usage: kestrel [bees] ", 100) + "\n") },
	"writes a line without end": func(a *fakeAgent) { a.repeat("bees") },
	"writes empty lines":        func(a *fakeAgent) { a.repeat("\n") },
	"ignores SIGTERM":           func(*fakeAgent) { signal.Ignore(syscall.SIGTERM) },
	"says farewell at SIGTERM": func(*fakeAgent) {
		terminated := make(chan os.Signal, 1) // sent to by package signal; capacity 1, as it requires
		signal.Notify(terminated, syscall.SIGTERM)
		go func() { // ends the process
			<-terminated
			fmt.Println(`{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"fake-1","update":{"sessionUpdate":"note","text":"farewell"}}}`)
			os.Exit(5)
		}()
	},
}

// repeat writes a text until the output is closed, then exits.
func (a *fakeAgent) repeat(text string) {
	for {
		if _, err := a.out.WriteString(text); err != nil {
			os.Exit(0)
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
	if a.handle2(m) {
		return
	}
	switch m.Method {
	case "initialize":
		a.initialize()
	case "session/new":
		a.open()
	case "session/load":
		a.load()
	case "session/resume":
		a.resume()
	case "session/fork":
		a.note("replayed")
		switch a.behaviour {
		case "forks, but not this one":
			a.failure(notFound)
		case "forks into itself":
			a.result(`{"sessionId":%q}`, m.Params.SessionID)
		default:
			a.result(`{"sessionId":"fake-1"}`)
			a.note("replayed after the fork of " + m.Params.SessionID)
		}
	case "session/delete":
		a.note("deleting " + m.Params.SessionID)
		a.result("{}")
	case "session/list":
		dir := os.Getenv("FAKE_DIR")
		if m.Params.Cursor == "" {
			a.result(`{"sessions":[{"sessionId":"one","cwd":%q,"title":"First","updatedAt":"2026-03-01T10:00:00Z"},{"sessionId":"two","cwd":"/proc"}],"nextCursor":"next"}`, dir)
		} else {
			a.result(`{"sessions":[{"sessionId":"three","cwd":%q},{"cwd":%q}],"nextCursor":null}`, dir, dir)
		}
	case "session/close":
		a.note("closing " + m.Params.SessionID)
		if a.behaviour != "does not answer session/close" {
			a.result("{}")
		}
	case "session/set_mode", "session/set_model", "session/set_config_option":
		a.configure(m.Method, m.Params)
	case "session/prompt":
		name, argument, _ := strings.Cut(m.Params.Prompt[0].Text, " ")
		a.stop = `"end_turn"`
		turns[name](a, argument)
		a.result(`{"stopReason":%s}`, a.stop)
	}
}

// resumers has the behaviours of an agent that offers session/resume. Those that are
// among the loaders as well refuse to resume.
var resumers = map[string]bool{"resumes": true, "loads, but does not resume": true, "exits while resuming": true, "can neither resume nor load": true}

// loaders has the behaviours of an agent that announces that it can load sessions.
var loaders = map[string]bool{
	"loads": true, "forks": true, "loads, but does not resume": true, "can neither resume nor load": true, "replays after its answer": true, "leaks at session/load": true, "requires signing in to load": true,
	"has no session": true, "has no session, as a server error": true, "has no session, with much output": true,
	"exits while loading": true, "exits after loading": true, "fails after loading": true,
}

func (a *fakeAgent) initialize() {
	if a.behaviour == "starts behind a launcher" {
		a.line("Need to install the following packages:\nkestrel@1.0.0")
		a.line(`debug: got {"jsonrpc":"2.0","id":1,"method":"initialize"}`)
		a.line(`debug: {"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"fake-1"}}`)
		fmt.Fprint(a.out, "\x1b[1mOk to {proceed}?\x1b[0m (y) ")
		a.result(`{"protocolVersion":1}`)
		return
	}
	a.note("before everything")
	version, other := strings.CutPrefix(a.behaviour, "speaks version ")
	if !other {
		version = "1"
	}
	sessions := `{"resume":null,"list":null}`
	if a.behaviour == "lists sessions" {
		sessions = `{"list":{}}`
	}
	if strings.HasPrefix(a.behaviour, "forks") {
		sessions = `{"fork":{}}`
	}
	if strings.HasSuffix(a.behaviour, "session/close") {
		sessions = `{"close":{},"delete":{}}`
	}
	if resumers[a.behaviour] {
		sessions = `{"resume":{}}`
	}
	prompts := `{}`
	if a.behaviour == "takes everything" {
		prompts = `{"image":true,"audio":true,"embeddedContext":true}`
	}
	a.result(`{"protocolVersion":%s,"agentCapabilities":{"loadSession":%t,"sessionCapabilities":%s,"promptCapabilities":%s},"authMethods":[`+
		`{"id":"a","name":"Log in with Kestrel","description":"Run kestrel login first"},{"id":"b","name":"API key","description":null}]}`,
		version, loaders[a.behaviour], sessions, prompts)
}

const (
	authRequired = `{"code":-32000,"message":"Authentication required"}`
	notFound     = `{"code":-32002,"message":"no such session"}`
	// leak is an error with secrets.
	leak = `{"code":-32603,"message":"401 for Bearer hunter2-secret","data":{"details":"x-api-key: hunter2-secret"}}`
)

func (a *fakeAgent) open() {
	switch {
	case a.behaviour == "asks before it starts":
		id := a.id
		m := a.answer(elicitation, `{"requestId":`+id+`,"mode":"form","message":"Which account?","requestedSchema":{"properties":{"a":{"type":"string"}}}}`)
		if a.id = id; string(m.Result) != `{"action":"accept","content":{"a":"b"}}` {
			a.failure(`{"code":-32603,"message":"no account"}`)
			return
		}
		a.result(`{"sessionId":"fake-1"}`)
	case a.behaviour == "leaks at session/new":
		a.failure(leak)
	case a.behaviour == "requires signing in":
		a.failure(authRequired)
	case a.behaviour == "fails after loading" && a.loading:
		a.failure(`{"code":-32603,"message":"still loading"}`)
	case a.behaviour == "has no model":
		fmt.Fprintln(os.Stderr, "looking for foo-1")
		<-time.After(time.Second) // until that is read
		a.failure(`{"code":-32603,"message":"Internal error","data":{"details":"model foo-1 does not exist"}}`)
	default:
		a.note("before the answer")
		a.result(`{"sessionId":"fake-1"%s}`, announced[a.behaviour])
		a.note("after the answer")
	}
}

func (a *fakeAgent) load() {
	a.loading = true
	switch a.behaviour {
	case "leaks at session/load":
		a.failure(leak)
	case "has no session, with much output":
		a.line(strings.Repeat("x", 2<<20))
		a.failure(notFound)
	case "can neither resume nor load":
		a.failure(`{"code":-32603,"message":"the session is broken"}`)
	case "has no session, as a server error":
		a.failure(`{"code":-32000,"message":"Session not found"}`)
	case "has no session":
		a.failure(notFound)
	case "fails after loading":
		a.failure(`"no"`)
	case "requires signing in to load":
		a.failure(authRequired)
	case "exits while loading":
		os.Exit(1)
	default:
		a.replay()
	}
}

// resume answers session/resume, after updates that an agent should not send.
func (a *fakeAgent) resume() {
	switch {
	case a.behaviour == "exits while resuming":
		os.Exit(1)
	case loaders[a.behaviour]:
		a.failure(notFound)
	default:
		a.note("replayed")
		a.result("{}")
	}
}

func (a *fakeAgent) replay() {
	a.note("replayed")
	a.line(`{"jsonrpc":"2.0","method":"_fake/state","params":{}}`)
	a.result("null")
	switch a.behaviour {
	case "exits after loading":
		_ = a.out.Flush()
		os.Exit(1)
	case "replays after its answer":
		for i := range 10 {
			_ = a.out.Flush()
			<-time.After(20 * time.Millisecond)
			a.note(fmt.Sprintf("replayed late: %d", i))
		}
	}
}

// line writes a line, or several.
func (a *fakeAgent) line(format string, args ...any) { fmt.Fprintf(a.out, format+"\n", args...) }

// result answers the current request with a result.
func (a *fakeAgent) result(format string, args ...any) {
	a.line(`{"jsonrpc":"2.0","id":%s,"result":%s}`, a.id, fmt.Sprintf(format, args...))
}

// failure answers the current request with an error.
func (a *fakeAgent) failure(err string) { a.line(`{"jsonrpc":"2.0","id":%s,"error":%s}`, a.id, err) }

// note writes a notification with a text.
func (a *fakeAgent) note(text string) {
	a.line(`{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"fake-1","update":{"sessionUpdate":"note","text":%q}}}`, text)
}

// answer writes a request, and returns the next message, which answers it.
func (a *fakeAgent) answer(format string, args ...any) fakeMessage {
	a.line(format, args...)
	_ = a.out.Flush()
	m, _ := a.read()
	return m
}
