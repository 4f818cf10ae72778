package agent_test

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// ask is a permission request, with verbs for its id and the tool call's id.
const ask = `{"jsonrpc":"2.0","id":%s,"method":"session/request_permission","params":{"sessionId":"fake-1",` +
	`"toolCall":{"toolCallId":%q,"big":12345678901234567890},` +
	`"options":[{"optionId":"yes","name":"<Yes>","kind":"allow_once","_meta":null},{"optionId":"no","name":"No","kind":"reject_once"}]}}`

// floodSize is the number of notifications of a flood.
const floodSize = 100_000

// turns has what the fake does in a turn, by the first word of the prompt. The rest of
// the prompt is the argument.
var turns = map[string]func(a *fakeAgent, argument string){
	"hello": func(a *fakeAgent, _ string) { a.note("hello") },
	"exit": func(a *fakeAgent, _ string) {
		a.note("last notification")
		fmt.Fprint(a.out, `{"jsonrpc":"2.0","method":"_fake/unfinished"}`) // no line feed
		_ = a.out.Flush()
		fmt.Fprintln(os.Stderr, "out of memory")
		os.Exit(7)
	},
	"abort": func(a *fakeAgent, _ string) { _ = syscall.Kill(os.Getpid(), syscall.SIGKILL) },
	"close": func(a *fakeAgent, _ string) {
		_ = a.out.Flush()
		_ = os.Stdout.Close()
	},
	"deaf": func(a *fakeAgent, _ string) {
		a.note("deaf")
		_ = a.out.Flush()
		select {}
	},
	"unplug": func(a *fakeAgent, _ string) {
		_ = os.Stdin.Close()
		a.note("unplugged")
		_ = a.out.Flush()
		select {}
	},
	"stop":  func(a *fakeAgent, reason string) { a.stop = reason },
	"flood": flood,
	// storm writes lines again and again, until its input is closed.
	"storm": storm,
	"huge": func(a *fakeAgent, size string) {
		n, _ := strconv.Atoi(size)
		a.note(strings.Repeat("x", n))
		a.note("after it")
	},
	"garbage": func(a *fakeAgent, _ string) {
		a.line("Listening on stdin…\n\n[1,2]\n{\"a\":1}\n42\n{\"jsonrpc\":")
		a.line(`{"jsonrpc":"2.0","id":999,"result":{}}`)
		a.line(`{"jsonrpc":"2.0","id":"1","result":{}}`)
		a.note("after it")
	},
	"log": func(a *fakeAgent, _ string) {
		a.line(`{"level":30,"msg":"request","method":"POST","headers":{"authorization":"Bearer kestrel-key-1"}}`)
		a.line(`{"level":30,"msg":"done","id":%s,"result":{"stopReason":"refusal"}}`, a.id)
		a.line(`{"jsonrpc":"2.0","id":%s,"id":%s,"result":{"stopReason":"refusal"}}`, a.id, a.id)
		a.line(`debug: sent {"jsonrpc":"2.0","id":%s,"result":{"stopReason":"refusal"}}`, a.id)
		a.line(`debug: sent {"jsonrpc":"2.0","method":"_fake/logged"}`)
		a.line(`[{"jsonrpc":"2.0","method":"_fake/batch"}]`)
		a.note("after it")
	},
	"behind": func(a *fakeAgent, _ string) {
		for _, before := range []string{"\ufeff", "\x1b[2K\x1b[1G", "\x1b]0;title\a", "\x1b]8;;x\x1b\\", " \t\v", "\r", "\x1b(B\x1b=", "\u00a0\x00\b"} {
			fmt.Fprint(a.out, before)
			a.note(fmt.Sprintf("%q", before))
		}
	},
	"fail": func(a *fakeAgent, code string) {
		a.failure(fmt.Sprintf(`{"code":%s,"message":"Internal error","data":{"details":"Quota exceeded\u0000"}}`, code))
	},
	"error": func(a *fakeAgent, err string) { a.failure(err) },
	"leak":  func(a *fakeAgent, _ string) { a.failure(leak) },
	"repeat": func(a *fakeAgent, _ string) { // answers the prompt twice
		a.result(`{"stopReason":"end_turn"}`)
	},
	"babble": func(a *fakeAgent, lines string) {
		n, _ := strconv.Atoi(lines)
		for range n {
			a.line("%s", strings.Repeat("hum ", 25_000))
		}
	},
	"bytes": func(a *fakeAgent, _ string) {
		a.line("{\"jsonrpc\":\"2.0\",\r\"method\":\"_fake/bytes\",\"params\":{\"a\":\"x\xff\xfey\",\"b\":\"x\ry\"}}\r")
	},
	"stderr": func(a *fakeAgent, _ string) {
		for i := range 50_000 {
			fmt.Fprintf(os.Stderr, "warning %d: the hive is full\n", i)
		}
	},
	"ask": func(a *fakeAgent, id string) {
		m := a.answer(ask, id, "call-1")
		a.note(fmt.Sprintf("%s: %s", m.ID, m.Result))
	},
	"withdraw": func(a *fakeAgent, id string) {
		a.line(ask, id, "call-1")
		a.line(`{"jsonrpc":"2.0","method":"$/cancel_request","params":{"requestId":"unknown"}}`)
		m := a.answer(`{"jsonrpc":"2.0","method":"$/cancel_request","params":{"requestId":%s}}`, id)
		a.note(fmt.Sprintf("%s: %s", m.ID, m.Result))
	},
	"unknown": func(a *fakeAgent, _ string) {
		for _, id := range []string{"0", `"a<b"`} {
			m := a.answer(`{"jsonrpc":"2.0","id":%s,"method":"fs/read_text_file","params":{"sessionId":"fake-1","path":"/etc/passwd"}}`, id)
			a.note(fmt.Sprintf("%s: %s", m.ID, m.Error))
		}
	},
	"malformed": func(a *fakeAgent, params string) {
		m := a.answer(`{"jsonrpc":"2.0","id":5,"method":"session/request_permission","params":%s}`, params)
		a.note(fmt.Sprintf("%s: %s", m.ID, m.Error))
	},
	"elicit": func(a *fakeAgent, params string) {
		m := a.answer(elicitation, params)
		a.note(fmt.Sprintf("%s%s", m.Result, m.Error))
	},
	"elicit-then": func(a *fakeAgent, lines string) {
		params, then, _ := strings.Cut(lines, "\n")
		a.line(elicitation, params)
		m := a.answer("%s", then)
		a.note(fmt.Sprintf("%s%s", m.Result, m.Error))
	},
	// pages asks to open n pages, one after the other, and then reports that they are done.
	"pages": func(a *fakeAgent, n string) {
		count, _ := strconv.Atoi(n)
		for i := range count {
			a.answer(elicitation, fmt.Sprintf(`{"sessionId":"fake-1","mode":"url","message":"m","elicitationId":"page-%d","url":"https://a.b/"}`, i))
		}
		for i := range count {
			a.line(`{"jsonrpc":"2.0","method":"elicitation/complete","params":{"elicitationId":"page-%d"}}`, i)
		}
	},
	"say-line": func(a *fakeAgent, line string) { a.line("%s", line) },
	"cancel": func(a *fakeAgent, _ string) {
		a.note("working")
		_ = a.out.Flush()
		m, _ := a.read()
		a.note(m.Method + " " + m.Params.SessionID)
	},
	"children": startChildren,
	"orphan":   func(a *fakeAgent, _ string) { endedOrphan(a) },
	"parent":   func(a *fakeAgent, _ string) { a.note(strconv.Itoa(os.Getppid())) },
}

func storm(a *fakeAgent, lines string) {
	go func() { // ends the process
		_, _ = io.Copy(io.Discard, a.in)
		os.Exit(0)
	}()
	a.repeat(lines + "\n")
}

// flood writes many notifications. If its output blocks for a moment, it writes the
// number of notifications so far to a file.
func flood(a *fakeAgent, file string) {
	var written atomic.Int64
	go func() { // ends with the process
		for last := int64(0); ; {
			<-time.After(200 * time.Millisecond)
			if now := written.Load(); now == last && now > 0 {
				_ = os.WriteFile(file, []byte(strconv.FormatInt(now, 10)), 0o600)
				return
			} else {
				last = now
			}
		}
	}()
	for i := range floodSize {
		a.note(strconv.Itoa(i))
		written.Add(1)
	}
}

// startChildren starts processes that do not exit, in different relations to the agent,
// and notes their ids. One of them holds the agent's output open.
func startChildren(a *fakeAgent, _ string) {
	var pids []string
	start := func(cmd *exec.Cmd, attr *syscall.SysProcAttr) {
		cmd.SysProcAttr = attr
		if err := cmd.Start(); err != nil {
			panic(err)
		}
		pids = append(pids, strconv.Itoa(cmd.Process.Pid))
	}
	inherits := exec.Command("sleep", "1000")
	inherits.Stdout, inherits.Stderr = os.Stdout, os.Stderr
	start(inherits, nil)
	start(exec.Command("sleep", "1000"), &syscall.SysProcAttr{Setpgid: true})
	start(exec.Command("sleep", "1000"), &syscall.SysProcAttr{Setsid: true})
	scrubbed := exec.Command("sleep", "1000")
	scrubbed.Env = []string{"A=b"}
	start(scrubbed, &syscall.SysProcAttr{Setsid: true})
	// The shell exits at once, so its child is an orphan from the start.
	orphan := exec.Command("sh", "-c", "trap '' TERM; sleep 1000 >/dev/null 2>&1 & echo $!")
	orphan.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	out, err := orphan.Output()
	if err != nil {
		panic(err)
	}
	pids = append(pids, strings.TrimSpace(string(out)))
	pids = append(pids, daemonised())
	a.note(strings.Join(pids, " "))
}

// daemonised starts a process that has done everything to escape: it has its own
// session, no parent, no environment, none of the agent's files, and it ignores signals
// that ask it to exit. It returns the process's id.
func daemonised() string {
	daemon := exec.Command("sh", "-c", "env -i setsid sh -c 'trap \"\" TERM HUP INT; sleep 1000 >/dev/null 2>&1 & echo $!' &")
	daemon.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	out, err := daemon.Output()
	if err != nil {
		panic(err)
	}
	return strings.TrimSpace(string(out))
}

// endedOrphan leaves an orphan that has exited, and notes its id.
func endedOrphan(a *fakeAgent) {
	cmd := exec.Command("sh", "-c", "sleep 0 >/dev/null & echo $!")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	out, err := cmd.Output()
	if err != nil {
		panic(err)
	}
	pid := strings.TrimSpace(string(out))
	for {
		stat, err := os.ReadFile("/proc/" + pid + "/stat")
		if err != nil || strings.Contains(string(stat), ") Z ") {
			break
		}
		<-time.After(time.Millisecond)
	}
	a.note(pid)
}

// elicitation is a request for input, with its params.
const elicitation = `{"jsonrpc":"2.0","id":9,"method":"elicitation/create","params":%s}`
