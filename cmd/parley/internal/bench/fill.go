package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"parley/hub"
	"parley/hub/journal/sqlite"
)

// Fill writes sessions into a data directory, as a server leaves them that was
// stopped: a server makes two, a host session and a shared one, and the journal
// is given copies of them, under ids of their own.
func Fill(ctx context.Context, l Lab, dir string, sessions int) error {
	if err := makeModel(ctx, l, dir); err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	j, err := sqlite.Open(dir, sqlite.Options{})
	if err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	c := &copier{journal: j}
	err = c.read(ctx)
	for i := 0; err == nil && i < sessions/2; i++ {
		err = c.copy(ctx)
	}
	if err = errors.Join(err, c.wait(0), j.Close()); err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	return nil
}

// makeModel has a server share a session in which something was said.
func makeModel(ctx context.Context, l Lab, dir string) error {
	t, err := l.parleyOn(ctx, dir)
	if err != nil {
		return err
	}
	c, err := gather(ctx, t, newTally(), gathering{people: 2, transport: WebSocket, size: 800, underWay: 1})
	if err == nil {
		err = c.leave()
	}
	return errors.Join(err, t.stop())
}

// copier copies a host session and its shared session.
type copier struct {
	journal      hub.Journal
	writers      [hub.Partitions]hub.Writer
	host, shared model
	commits      []*hub.Commit // that are not known to be durable
}

// model is a session as the journal has it.
type model struct {
	summary hub.Summary
	records []hub.Record
}

func (c *copier) read(ctx context.Context) error {
	summaries, err := c.journal.List(ctx, hub.Filter{})
	if err != nil {
		return err
	}
	for _, s := range summaries {
		m := model{summary: s}
		for r, err := range c.journal.Read(ctx, s.Session, 1) {
			if err != nil {
				return err
			}
			m.records = append(m.records, r)
		}
		if s.Kind == hub.KindHost {
			c.host = m
		} else {
			c.shared = m
		}
	}
	c.writers, err = ownAll(ctx, c.journal)
	return err
}

// waiting is how many appends wait together: enough for the journal to write
// in big transactions.
const waiting = 4096

func (c *copier) copy(ctx context.Context) error {
	host := hub.NewHostSessionID()
	shared := hub.NewSharedSessionID(host)
	rename := renaming{
		{[]byte(c.host.summary.Session.String()), []byte(host.String())},
		{[]byte(c.shared.summary.Session.String()), []byte(shared.String())},
	}
	c.append(c.host.as(host, hub.SessionID{}, rename))
	c.append(c.shared.as(shared, host, rename))
	if err := ctx.Err(); err != nil {
		return err
	}
	return c.wait(waiting)
}

func (c *copier) append(a hub.Append) {
	c.commits = append(c.commits, c.writers[a.Session.Partition()].Append(a))
}

// wait waits until at most n appends are not durable.
func (c *copier) wait(n int) error {
	if len(c.commits) <= n {
		return nil
	}
	n /= 2 // not one by one
	for _, commit := range c.commits[:len(c.commits)-n] {
		if err := commit.Err(); err != nil {
			return err
		}
	}
	c.commits = append(c.commits[:0], c.commits[len(c.commits)-n:]...)
	return nil
}

// as returns what makes the session again under another id.
func (m model) as(id, host hub.SessionID, rename renaming) hub.Append {
	a := hub.Append{Session: id, Summary: m.summary}
	a.Summary.Session, a.Summary.HostSession = id, host
	a.Summary.Resource = rename.in(m.summary.Resource)
	prev := hub.ChainStart(id)
	for _, r := range m.records {
		r.Session, r.Public, r.Private = id, rename.in(r.Public), rename.in(r.Private)
		r.Seal(prev)
		prev = r.Hash
		a.Records = append(a.Records, r)
	}
	return a
}

// renaming is ids with what takes their place.
type renaming [2]struct{ old, new []byte }

func (n renaming) in(b []byte) []byte {
	for _, pair := range n {
		b = bytes.ReplaceAll(b, pair.old, pair.new)
	}
	return b
}
