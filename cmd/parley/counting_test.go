package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"time"
)

// countingAgent is the program "counting-agent LOG", an agent whose output can be counted.
// The prompt "count N" makes it send the numbers from 1 to N, each in an update of its own;
// with "ask", it asks for permission halfway; with "slowly", it pauses after each, and with
// "wide" each update has 64 KiB. It appends the method of each message that it receives to the log, after its process id.
func countingAgent() {
	log, err := os.OpenFile(os.Args[1], os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	a := &counter{answers: make(chan string, 1)}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var m counterMessage
		if json.Unmarshal(lines.Bytes(), &m) != nil {
			fmt.Fprintln(log, os.Getpid(), "malformed", lines.Text())
			continue
		}
		fmt.Fprintln(log, os.Getpid(), m.describe())
		a.handle(m)
	}
}

// counter is the state of a counting agent.
type counter struct {
	answers   chan string // the outcomes of permission requests; capacity one, since one is pending at most
	cancelled atomic.Bool
}

// counterMessage is a message that a counting agent receives.
type counterMessage struct {
	ID     json.RawMessage
	Method string
	Params struct {
		Prompt []struct{ Text string }
	}
	Result struct {
		Outcome struct{ Outcome, OptionID string }
	}
}

// describe returns what is logged of a message.
func (m counterMessage) describe() string {
	switch m.Method {
	case "":
		return "answer " + m.Result.Outcome.OptionID
	case "session/prompt":
		return "session/prompt " + m.text()
	}
	return m.Method
}

// text returns the text of a prompt, without what was put before it.
func (m counterMessage) text() string { return m.Params.Prompt[len(m.Params.Prompt)-1].Text }

func (a *counter) handle(m counterMessage) {
	switch m.Method {
	case "initialize":
		a.answer(m.ID, `{"protocolVersion":1,"agentCapabilities":{"sessionCapabilities":{"resume":{}}}}`)
	case "session/new":
		a.answer(m.ID, `{"sessionId":"counting"}`)
	case "session/prompt":
		go a.count(m) // ends with the turn; the process ends with its input
	case "session/cancel":
		a.cancelled.Store(true)
	case "":
		a.answers <- m.Result.Outcome.OptionID
	default:
		if m.ID != nil {
			a.answer(m.ID, `{}`)
		}
	}
}

func (a *counter) count(m counterMessage) {
	a.cancelled.Store(false)
	var n int
	_, _ = fmt.Sscanf(m.text(), "count %d", &n)
	wide := ""
	if strings.Contains(m.text(), "wide") {
		wide = strings.Repeat("x", 64<<10)
	}
	for i := 1; i <= n && !a.cancelled.Load(); i++ {
		if i == n/2 && strings.Contains(m.text(), "ask") {
			fmt.Println(`{"jsonrpc":"2.0","id":"q","method":"session/request_permission","params":{"sessionId":"counting","toolCall":{"toolCallId":"t","title":"go on"},"options":[{"optionId":"yes","name":"Yes","kind":"allow_once"},{"optionId":"no","name":"No","kind":"reject_once"}]}}`)
			<-a.answers
		}
		fmt.Printf(`{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"counting","update":{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"%d;"}},"_meta":{"wide":"%s"}}}`+"\n", i, wide)
		if strings.Contains(m.text(), "slowly") {
			time.Sleep(3 * time.Millisecond) // the pace of a model
		}
	}
	reason := "end_turn"
	if a.cancelled.Load() {
		reason = "cancelled"
	}
	a.answer(m.ID, `{"stopReason":"`+reason+`"}`)
}

func (a *counter) answer(id json.RawMessage, result string) {
	fmt.Printf(`{"jsonrpc":"2.0","id":%s,"result":%s}`+"\n", id, result)
}
