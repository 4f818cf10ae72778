package engine

import (
	"errors"
	"fmt"

	"parley/hub/journal"
)

// Chain checks the rows of one session as they are read in order. It is not safe for
// concurrent use.
type Chain struct {
	id   journal.SessionID
	from journal.Seq  // the first event to read
	at   journal.Head // the newest event checked; zero before the first row, unless from is 1
}

// NewChain returns a Chain for reading session id from event from on.
func NewChain(id journal.SessionID, from journal.Seq) *Chain {
	c := &Chain{id: id, from: from}
	if from <= 1 {
		c.from, c.at = 1, Origin(id)
	}
	return c
}

// Next returns the number of the next event.
func (c *Chain) Next() journal.Seq { return max(c.from, c.at.Seq+1) }

// Row checks the next row, which is stored at place, and returns its events from
// [Chain.Next] on. Its error is a [*journal.DamageError]; the events returned with it
// are sound.
func (c *Chain) Row(row *Row, place string) ([]journal.Record, error) {
	next := c.Next()
	anywhere := c.at == journal.Head{} // the first row read may begin before the event to read
	if row.First > next || row.Last < next || !anywhere && row.First != next {
		return nil, c.damage(place, fmt.Errorf("row holds events %d to %d", row.First, row.Last))
	}
	isFirst := row.First == 1 && journal.IsChainStart(c.id, row.Before)
	if !anywhere && !isFirst && row.Before != c.at.Hash {
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

// End checks that the rows end at the session's head, which is stored at place. Its
// error is a [*journal.DamageError].
func (c *Chain) End(head journal.Head, place string) error {
	switch {
	case c.Next() <= head.Seq:
		return c.damage(place, fmt.Errorf("event is missing; the session's newest is %d", head.Seq))
	case c.at != journal.Head{} && c.at != head:
		return c.damage(place, fmt.Errorf("the session's head does not match event %d", head.Seq))
	}
	return nil
}

// Unreadable returns the [*journal.DamageError] for a next row that the store itself
// cannot read.
func (c *Chain) Unreadable(place string, err error) error { return c.damage(place, err) }

func (c *Chain) damage(place string, err error) error {
	return &journal.DamageError{Session: c.id, Seq: c.Next(), Place: place, Err: err}
}
