package connector

import (
	"context"
	"encoding/json"
	"errors"

	"go.uber.org/zap"

	"parley/hub/journal"
	"parley/protocol"
	"parley/protocol/connect"
)

// maxAsks is how many questions of the server are answered at a time. Further ones are
// refused.
const maxAsks = 8

var (
	errNothingRecorded = errors.New("the machine of the agent shows no files")
	errBusy            = errors.New("the machine of the agent is busy; try again")
	errLongAnswer      = errors.New("the answer of the agent's machine is too long")
)

// receive handles a frame that is not kept. It does not wait.
func (c *Connector) receive(ctx context.Context, f connect.Frame) {
	if f.Type != connect.TypeAsk {
		return
	}
	ask, err := connect.DecodeBody[connect.Ask](f)
	if err != nil {
		c.opts.Log.Warn("the server asked what cannot be read", zap.Error(err))
		return
	}
	select {
	case c.asking <- struct{}{}:
	default:
		c.answer(ask.ID, nil, errBusy)
		return
	}
	c.work.Go(func() {
		defer func() { <-c.asking }()
		result, err := c.read(ctx, ask)
		c.answer(ask.ID, result, err)
	})
}

// read answers a question from the directory of the agent.
func (c *Connector) read(ctx context.Context, a connect.Ask) (any, error) {
	session, err := journal.ParseSessionID(a.Session)
	if err != nil {
		return nil, err
	}
	if c.opts.Worktrees == nil {
		return nil, errNothingRecorded
	}
	if a.Subject == connect.AskFiles {
		return c.opts.Worktrees.Files(ctx, session, c.opts.Dir, a.Text)
	}
	q := protocol.ChangesQuery{Scope: a.Scope, Turn: a.Turn, Path: a.Path}
	if err := q.Normalize(); err != nil {
		return nil, err
	}
	return c.opts.Worktrees.Changes(ctx, session, c.opts.Dir, q)
}

// answer sends an answer, unless the connection has ended meanwhile.
func (c *Connector) answer(id string, result any, err error) {
	a := connect.Answer{ID: id}
	if err == nil {
		a.Result, err = json.Marshal(result)
	}
	if err == nil && len(a.Result) > connect.MaxAnswer-connect.MaxControl {
		err = errLongAnswer
	}
	if err != nil {
		a.Result, a.Error = nil, err.Error()
	}
	c.end.Send(connect.TypeAnswer, a.Encode())
}

// record records the directory for a shared session.
func (c *Connector) record(r connect.Record) error {
	session, err := journal.ParseSessionID(r.Session)
	if err != nil || c.opts.Worktrees == nil {
		return err
	}
	switch r.Moment {
	case connect.RoomBegan:
		c.opts.Worktrees.Begin(session, c.opts.Dir)
	case connect.TurnEnded:
		c.opts.Worktrees.TurnEnded(session, c.opts.Dir, r.Turn, r.At)
	case connect.RoomEnded:
		c.opts.Worktrees.End(session)
	}
	return nil
}
