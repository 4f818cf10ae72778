package engine

import (
	"errors"
	"fmt"

	"parley/hub/journal"
)

// Chain checks the rows of one session as they are read in order. It is not
// safe for concurrent use.
type Chain struct {
	id   journal.SessionID
	from journal.Seq
	at   journal.Head // the newest event checked; before the first row, unknown unless from is 1
}

// NewChain returns a check for reading session id from the event from on.
func NewChain(id journal.SessionID, from journal.Seq) *Chain {
	c := &Chain{id: id, from: from}
	if from <= 1 {
		c.from, c.at = 1, Origin(id)
	}
	return c
}

// Next is the number of the event that has to come next.
func (c *Chain) Next() journal.Seq { return max(c.from, c.at.Seq+1) }

// Row checks the next row, of which place says where it is kept, and returns
// its events from the asked one on. The error is a *journal.DamageError; the events
// that are returned with it are sound.
func (c *Chain) Row(row *Row, place string) ([]journal.Record, error) {
	next := c.Next()
	begins := c.at == journal.Head{} // only the first row may begin before what was asked for
	if row.First > next || row.Last < next || !begins && row.First != next {
		return nil, c.damage(place, fmt.Errorf("row holds events %d to %d", row.First, row.Last))
	}
	isFirst := row.First == 1 && journal.IsChainStart(c.id, row.Before)
	if !begins && !isFirst && row.Before != c.at.Hash {
		return nil, c.damage(place, errors.New("row does not build on the event before"))
	}
	records, err := row.Decode(c.id)
	sound := records[min(int(next-row.First), len(records)):]
	if err != nil {
		c.at.Seq = next + journal.Seq(len(sound)) - 1
		return sound, c.damage(place, err)
	}
	c.at = row.Head()
	return sound, nil
}

// End checks that what was read ends at the session's head, of which place says
// where it is kept.
func (c *Chain) End(head journal.Head, place string) error {
	switch {
	case c.Next() <= head.Seq:
		return c.damage(place, fmt.Errorf("event is missing: the session's newest is %d", head.Seq))
	case c.at != journal.Head{} && c.at != head:
		return c.damage(place, fmt.Errorf("the session's head names event %d and does not match it", head.Seq))
	}
	return nil
}

// Unreadable is the damage when the store itself cannot read the next row.
func (c *Chain) Unreadable(place string, err error) error { return c.damage(place, err) }

func (c *Chain) damage(place string, err error) error {
	return &journal.DamageError{Session: c.id, Seq: c.Next(), Place: place, Err: err}
}
