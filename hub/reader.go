package hub

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"

	"parley/hub/journal"
	"parley/protocol"
)

// deferred is an answer that has to be read from the journal. It is called by
// the goroutine that waits for it, never by an actor.
type deferred func(r reader) (any, error)

// reader reads one session's journal for a client.
type reader struct {
	ctx     context.Context
	journal journal.Journal
	session journal.SessionID
	tail    []*journal.Record // the newest events, as far as they are at hand
}

// finish makes an answer of what an actor gave out.
func (r reader) finish(payload any) (any, error) {
	d, ok := payload.(deferred)
	if !ok {
		return payload, nil
	}
	v, err := d(r)
	if err != nil {
		return nil, r.failed(err)
	}
	return v, nil
}

// failed makes an error of the journal one for clients.
func (r reader) failed(err error) error {
	if r.ctx.Err() != nil {
		return r.ctx.Err()
	}
	if _, ok := errors.AsType[*protocol.Error](err); ok {
		return err
	}
	return fmt.Errorf("%w: %w", protocol.Errorf(protocol.CodeJournalUnavailable, "the journal cannot be read now"), err)
}

// checked is failed for an error that may be none.
func (r reader) checked(err error) error {
	if err == nil {
		return nil
	}
	return r.failed(err)
}

// records yields the events from a number on. Stopping early is cheap.
func (r reader) records(from journal.Seq) iter.Seq2[journal.Record, error] {
	return func(yield func(journal.Record, error) bool) {
		for _, rec := range since(r.tail, from) {
			if !yield(*rec, nil) {
				return
			}
			from = rec.Seq + 1
		}
		r.journal.Read(r.ctx, r.session, from)(yield)
	}
}

// event reads the event of that number.
func (r reader) event(seq journal.Seq, decode func(journal.Record) (event, error)) (event, error) {
	for rec, err := range r.records(seq) {
		if err != nil {
			return event{}, err
		}
		return decode(rec)
	}
	return event{}, journal.ErrNotFound
}

// events reads the events of these numbers; of many or large ones perhaps only the
// first, two at the least.
func (r reader) events(numbers []journal.Seq) (map[journal.Seq]event, error) {
	found := map[journal.Seq]event{}
	for bytes := 0; len(numbers) > 0 && (len(found) < 2 || bytes < pageBytes); {
		records, err := r.journal.Events(r.ctx, r.session, numbers)
		if err != nil {
			return nil, err
		}
		for _, rec := range records {
			if found[rec.Seq], err = decodeShared(rec); err != nil {
				return nil, err
			}
			bytes += len(rec.Public) + len(rec.Private)
		}
		numbers = numbers[len(records):]
	}
	return found, nil
}

// lines reads events from a number on, until before the number to or until they
// have more than a number of bytes.
func (r reader) lines(from, to journal.Seq, bytes int) ([]Line, error) {
	var lines []Line
	err := r.each(from, to, func(l Line) (more bool) {
		lines = append(lines, l)
		bytes -= len(l.Bytes)
		return bytes > 0
	})
	return lines, err
}

// newest is lines with the oldest left out where there is too much. It reads
// backward, so that a question for many long events costs little more than the
// answer has.
func (r reader) newest(from, to journal.Seq, bytes int) ([]Line, error) {
	var lines []Line
	size := 0
	for n := journal.Seq(newestFirst); from < to && size < bytes; n *= 2 {
		begin := max(from, to-min(n, to))
		var piece []Line
		err := r.each(begin, to, func(l Line) (more bool) {
			piece = append(piece, l)
			size += len(l.Bytes)
			return true
		})
		if err != nil {
			return nil, err
		}
		lines = slices.Concat(piece, lines)
		to = begin
	}
	for size > bytes && len(lines) > 1 {
		size -= len(lines[0].Bytes)
		lines = lines[1:]
	}
	return lines, nil
}

// newestFirst is how many events newest reads at first; the more it has to go back
// the more it reads at a time.
const newestFirst = 16

// each calls use with events from a number on, until before the number to or
// until use wants no more.
func (r reader) each(from, to journal.Seq, use func(Line) (more bool)) error {
	if from >= to {
		return nil
	}
	for rec, err := range r.records(from) {
		if err != nil {
			return r.failed(err)
		}
		if !use(lineOf(&rec)) || rec.Seq+1 >= to {
			break
		}
	}
	return nil
}

// rawEvents is how lines stand in an answer.
func rawEvents(lines []Line) []json.RawMessage {
	events := make([]json.RawMessage, len(lines))
	for i, l := range lines {
		events[i] = l.Bytes
	}
	return events
}

// answerBytes bounds an answer that holds events; what is over comes with the
// next question.
const answerBytes = 1 << 20

// find returns the number of the event that a cursor names. ok is false when it
// is not an event of this journal up to head.
func (r reader) find(cursor string, head journal.Head) (seq journal.Seq, ok bool, err error) {
	c, err := protocol.ParseCursor(cursor)
	if err != nil || journal.Seq(c.Seq) > head.Seq {
		return 0, false, nil
	}
	hash := head.Hash
	switch journal.Seq(c.Seq) {
	case head.Seq:
	case 0:
		return 0, isStart(c, r.session), nil
	default:
		hash = journal.Hash{}
		for rec, err := range r.records(journal.Seq(c.Seq)) {
			if err != nil {
				return 0, false, r.failed(err)
			}
			hash = rec.Hash
			break
		}
	}
	return journal.Seq(c.Seq), protocol.NewCursor(c.Seq, hash) == c, nil
}

// isStart reports whether a cursor names the place before a session's first event,
// whatever format that has.
func isStart(c protocol.Cursor, id journal.SessionID) bool {
	return slices.ContainsFunc(journal.ChainStarts(id), func(h journal.Hash) bool { return c == protocol.NewCursor(0, h) })
}

// begin tells with which event somebody goes on who has seen the one that a
// cursor names, and how that is called. Without a cursor, or with one that
// means nothing here, it is the one after head.
func (r reader) begin(cursor string, head journal.Head) (next journal.Seq, resume string, err error) {
	if cursor == "" {
		return head.Seq + 1, protocol.ResumeNew, nil
	}
	seq, ok, err := r.find(cursor, head)
	if err != nil || !ok {
		return head.Seq + 1, protocol.ResumeGap, err
	}
	return seq + 1, protocol.ResumeOK, nil
}

// history answers a question for events before or after a cursor.
func history(h protocol.History, head journal.Head) deferred {
	return func(r reader) (any, error) {
		p, err := r.page(h, head)
		if err != nil {
			return nil, err
		}
		return &protocol.HistoryAnswer{Events: rawEvents(p.lines), More: p.more, Gap: p.gap}, nil
	}
}

// page is a stretch of a session's events.
type page struct {
	lines []Line
	more  bool // there are more in the direction that was asked for
	gap   bool // the cursor is not of this journal: the lines are the newest
}

// page reads the events before or after a cursor, as many as fit.
func (r reader) page(h protocol.History, head journal.Head) (page, error) {
	from, to, gap, err := r.window(h, head)
	if err != nil {
		return page{}, err
	}
	forward := h.After != "" && !gap
	read := r.newest
	if forward {
		read = r.lines
	}
	lines, err := read(from, to, answerBytes)
	if err != nil {
		return page{}, err
	}
	p := page{lines: lines, gap: gap}
	if n := journal.Seq(len(lines)); forward {
		p.more = from+n <= head.Seq
	} else {
		p.more = to-n > 1
	}
	return p, nil
}

// window is the range of a history's events, to excluded.
func (r reader) window(h protocol.History, head journal.Head) (from, to journal.Seq, gap bool, err error) {
	n := journal.Seq(h.Limit)
	newest := func(before journal.Seq) (journal.Seq, journal.Seq) { return max(before, n+1) - n, before }
	cursor := h.Before + h.After
	if cursor == "" {
		from, to = newest(head.Seq + 1)
		return from, to, false, nil
	}
	seq, ok, err := r.find(cursor, head)
	switch {
	case err != nil:
		return 0, 0, false, err
	case !ok:
		from, to = newest(head.Seq + 1)
		return from, to, true, nil
	case h.Before != "":
		from, to = newest(seq)
		return from, to, false, nil
	}
	return seq + 1, min(seq+1+n, head.Seq+1), false, nil
}
