package store

import (
	"bytes"
	"context"
	"errors"

	"parley/hub/journal"
	"parley/hub/journal/sqlite"
)

// Multiply copies the host session and the shared session that a data directory
// contains, under new ids, until there are about n more sessions. No server may use
// the directory.
func Multiply(ctx context.Context, dir string, n int) error {
	j, err := sqlite.Open(dir, sqlite.Options{})
	if err != nil {
		return err
	}
	c := &copier{journal: j}
	err = c.load(ctx)
	for i := 0; err == nil && i < n/2; i++ {
		err = c.copy(ctx)
	}
	return errors.Join(err, c.wait(0), j.Close())
}

// copier copies a host session and its shared session.
type copier struct {
	journal      journal.Journal
	writers      [journal.Partitions]journal.Writer
	host, shared model
	commits      []*journal.Commit // commits that may not be durable yet
}

// model is a session that is copied.
type model struct {
	summary journal.Summary
	records []journal.Record
}

// load reads the two sessions.
func (c *copier) load(ctx context.Context) error {
	summaries, err := c.journal.List(ctx, journal.Filter{})
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
		if s.Kind == journal.KindHost {
			c.host = m
		} else {
			c.shared = m
		}
	}
	c.writers, err = ownAll(ctx, c.journal)
	return err
}

// waiting is how many appends may wait for their commit: enough for the journal to
// write them in large transactions.
const waiting = 4096

// copy appends one copy of each of the two sessions.
func (c *copier) copy(ctx context.Context) error {
	host := journal.NewHostSessionID()
	shared := journal.NewSharedSessionID(host)
	ids := replacement{
		{[]byte(c.host.summary.Session.String()), []byte(host.String())},
		{[]byte(c.shared.summary.Session.String()), []byte(shared.String())},
	}
	c.append(c.host.as(host, journal.SessionID{}, ids))
	c.append(c.shared.as(shared, host, ids))
	if err := ctx.Err(); err != nil {
		return err
	}
	return c.wait(waiting)
}

func (c *copier) append(a journal.Append) {
	c.commits = append(c.commits, c.writers[a.Session.Partition()].Append(a))
}

// wait waits until at most n appends are not durable.
func (c *copier) wait(n int) error {
	if len(c.commits) <= n {
		return nil
	}
	n /= 2 // waiting for each in turn would keep transactions small
	for _, commit := range c.commits[:len(c.commits)-n] {
		if err := commit.Err(); err != nil {
			return err
		}
	}
	c.commits = append(c.commits[:0], c.commits[len(c.commits)-n:]...)
	return nil
}

// as returns the append that creates the session again under another id.
func (m model) as(id, host journal.SessionID, ids replacement) journal.Append {
	a := journal.Append{Session: id, Summary: m.summary}
	a.Summary.Session, a.Summary.HostSession = id, host
	a.Summary.Resource = ids.in(m.summary.Resource)
	prev := journal.ChainStart(id)
	for _, r := range m.records {
		r.Session, r.Public, r.Private = id, ids.in(r.Public), ids.in(r.Private)
		r.Seal(prev)
		prev = r.Hash
		a.Records = append(a.Records, r)
	}
	return a
}

// replacement is pairs of an id and the id that replaces it.
type replacement [2]struct{ old, new []byte }

func (r replacement) in(b []byte) []byte {
	for _, pair := range r {
		b = bytes.ReplaceAll(b, pair.old, pair.new)
	}
	return b
}
