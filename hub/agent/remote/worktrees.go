package remote

import (
	"context"
	"encoding/json"
	"strconv"
	"sync"
	"time"

	"parley/hub"
	"parley/hub/journal"
	"parley/protocol"
	"parley/protocol/connect"
)

// Worktrees returns what records the working directory of a host session's agent, on the
// machine of its connector. Reads fail with a reason while there is no connection.
func (r *Registry) Worktrees(host journal.SessionID) hub.Worktrees {
	r.mu.Lock()
	defer r.mu.Unlock()
	return worktrees{r.connectors[host]}
}

// worktrees is a directory on the machine of a connector, which alone knows its path.
type worktrees struct {
	connector *connector // nil if it has not been connected since the server has started
}

// Begin implements [hub.Worktrees].
func (w worktrees) Begin(session journal.SessionID, _ string) {
	w.record(connect.Record{Session: session.String(), Moment: connect.RoomBegan})
}

// TurnEnded implements [hub.Worktrees].
func (w worktrees) TurnEnded(session journal.SessionID, _, approval string, at time.Time) {
	w.record(connect.Record{Session: session.String(), Moment: connect.TurnEnded, Turn: approval, At: at})
}

// End implements [hub.Worktrees].
func (w worktrees) End(session journal.SessionID) {
	w.record(connect.Record{Session: session.String(), Moment: connect.RoomEnded})
}

func (w worktrees) record(r connect.Record) {
	if w.connector != nil {
		w.connector.end.Force(connect.TypeRecord, r.Encode())
	}
}

// Sessions implements [hub.Worktrees]. The connector discards what is not used any more.
func (worktrees) Sessions() []journal.SessionID { return nil }

// The reasons why a read has no answer.
const (
	reasonDetached  = "The agent's machine has no connection to the server."
	reasonNoAnswer  = "The agent's machine did not answer in time."
	reasonMalformed = "The agent's machine answered with something that cannot be read."
)

// Changes implements [hub.Worktrees].
func (w worktrees) Changes(ctx context.Context, session journal.SessionID, _ string, q protocol.ChangesQuery) (*protocol.ChangesAnswer, error) {
	answer := protocol.NoChanges(q.Scope, "")
	reason, err := w.ask(ctx, connect.Ask{Subject: connect.AskChanges, Session: session.String(), Scope: q.Scope, Turn: q.Turn, Path: q.Path}, answer)
	if reason != "" {
		answer = protocol.NoChanges(q.Scope, reason)
	}
	return answer, err
}

// Files implements [hub.Worktrees].
func (w worktrees) Files(ctx context.Context, session journal.SessionID, _, query string) (*protocol.FilesAnswer, error) {
	answer := &protocol.FilesAnswer{Files: []protocol.FileEntry{}}
	reason, err := w.ask(ctx, connect.Ask{Subject: connect.AskFiles, Session: session.String(), Text: query}, answer)
	if reason != "" {
		answer = &protocol.FilesAnswer{Reason: reason, Files: []protocol.FileEntry{}}
	}
	return answer, err
}

// askTimeout is how long a connector may take to answer.
const askTimeout = 30 * time.Second

// ask asks the connector, and decodes the result into answer. It returns the reason why
// there is none. The only error is that of ctx.
func (w worktrees) ask(ctx context.Context, a connect.Ask, answer any) (reason string, err error) {
	if w.connector == nil {
		return reasonDetached, nil
	}
	answered, id, forget := w.connector.asks.add()
	defer forget()
	a.ID = id
	if !w.connector.end.Send(connect.TypeAsk, a.Encode()) {
		return reasonDetached, nil
	}
	timer := time.NewTimer(askTimeout)
	defer timer.Stop()
	select {
	case got, ok := <-answered:
		switch {
		case !ok:
			return reasonDetached, nil
		case got.Error != "":
			return got.Error, nil
		case json.Unmarshal(got.Result, answer) != nil:
			return reasonMalformed, nil
		}
		return "", nil
	case <-timer.C:
		return reasonNoAnswer, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// asks are the questions that wait for an answer of a connector. The zero value is usable.
// It is safe for concurrent use.
type asks struct {
	mu      sync.Mutex
	last    int
	waiting map[string]chan connect.Answer // sent to once, or closed when the connection ends; capacity one, so that nobody waits
}

// add adds a question. forget must be called when nobody waits any more.
func (a *asks) add() (answered <-chan connect.Answer, id string, forget func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.waiting == nil {
		a.waiting = map[string]chan connect.Answer{}
	}
	a.last++
	id = strconv.Itoa(a.last)
	answer := make(chan connect.Answer, 1)
	a.waiting[id] = answer
	return answer, id, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.waiting, id)
	}
}

// receive passes an answer on. It ignores other frames.
func (a *asks) receive(f connect.Frame) {
	if f.Type != connect.TypeAnswer {
		return
	}
	answer, err := connect.DecodeBody[connect.Answer](f)
	if err != nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if waits := a.waiting[answer.ID]; waits != nil {
		delete(a.waiting, answer.ID)
		waits <- answer
	}
}

// abandon ends all waits, since the connection has ended.
func (a *asks) abandon() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for id, waits := range a.waiting {
		delete(a.waiting, id)
		close(waits)
	}
}
