package ledger

import (
	"fmt"
	"time"

	"parley/cmd/parley/internal/display"
)

// Moment is when a line was typed.
type Moment struct {
	Began, Ended time.Time
	Person       bool // whether a person typed it, who needs time to read
}

// ReadingTime is how long an item must have been on the screen before a person can have
// read it.
const ReadingTime = 700 * time.Millisecond

// Pick returns the item of a kind that a line decides on: the one with the given number
// or, if that is 0, the only open one. Without a number it returns an error unless it is
// certain that the person saw the item and meant it. chosen says whether the line names
// one of the item's own options.
func (l *Ledger) Pick(k Kind, number int, m Moment, chosen bool) (*Item, error) {
	if number > 0 {
		return l.PickNumber(k, number, m)
	}
	open := l.Open(k)
	if len(open) > 1 {
		return nil, fmt.Errorf("more than one %s is open; add its number: %s", k, ListItems(open))
	}
	if last := l.lastEnded[k]; l.endedWhileTyping(k, m) {
		delete(l.newestEnded, k)
		return nil, fmt.Errorf("nothing was done: %s was on the screen while you were typing, and is closed%s%s",
			last, display.Because(&last.Outcome), openInstead(open))
	}
	if len(open) == 0 {
		return nil, fmt.Errorf("no %s is open", k)
	}
	i := open[0]
	if err := i.checkComplete(k); err != nil {
		return nil, err
	}
	if newest := l.newestEnded[k]; newest != nil && newest.Number > i.Number {
		delete(l.newestEnded, k) // the person is told now
		return nil, fmt.Errorf("nothing was done: %s was shown last, and is closed%s%s; to decide on that one, type the line again",
			newest, display.Because(&newest.Outcome), openInstead(open))
	}
	if err := l.checkRead(i, m, chosen); err != nil {
		return nil, err
	}
	return i, nil
}

// checkRead returns an error if an item was shown too late for the person to have read it
// before typing the line.
func (l *Ledger) checkRead(i *Item, m Moment, chosen bool) error {
	if i.Shown.IsZero() || i.Shown.After(m.Began) {
		return fmt.Errorf("nothing was done: %s appeared while you were typing; read it, and type the line again", i)
	}
	hasty := m.Person && m.Ended.Sub(i.Shown) < ReadingTime
	if hasty && (!chosen || m.Began.Sub(l.endedAt[i.Kind]) < 10*ReadingTime) {
		return fmt.Errorf("nothing was done: %s has only just appeared; read it, and type the line again", i)
	}
	return nil
}

// endedWhileTyping reports whether another participant or the agent closed an item of a
// kind while the person was typing or about to type.
func (l *Ledger) endedWhileTyping(k Kind, m Moment) bool {
	since := m.Began
	if m.Person {
		since = since.Add(-ReadingTime)
	}
	ended := l.endedByOthersAt[k]
	return !ended.IsZero() && !ended.Before(since)
}

// checkComplete returns an error if an item that is decided on is incomplete. A turn can
// be cancelled whatever its prompt says.
func (i *Item) checkComplete(k Kind) error {
	if k == KindTurn || i.FullSize() == 0 {
		return nil
	}
	return fmt.Errorf("nothing was done: only the beginning of %s has arrived; the rest is being fetched, and %s will be shown in full",
		i, i.Label())
}

// openInstead lists the items that are open instead of a closed one.
func openInstead(open []*Item) string {
	if len(open) == 0 {
		return ""
	}
	return "; now open: " + ListItems(open)
}

// kindNames describe items of a kind in errors.
var kindNames = map[Kind]string{
	KindQuestion: "a question of the agent; see /allow and /deny",
	KindRequest:  "a request for input; see /answer, /accept and /decline",
	KindProposal: "a proposal; see /approve and /reject",
	KindTurn:     "a prompt that was approved; see /cancel",
	KindOutput:   "the output of a tool; see /show",
}

// PickNumber returns the item with a number if it is open, of the kind, and was shown
// before the line was sent.
func (l *Ledger) PickNumber(k Kind, number int, m Moment) (*Item, error) {
	i, err := l.Numbered(number)
	if err != nil {
		return nil, fmt.Errorf("nothing was done: %w", err)
	}
	switch {
	case i.Kind != k:
		return nil, fmt.Errorf("nothing was done: %s is %s: %s", i.Label(), kindNames[i.Kind], i.Title())
	case !i.IsOpen():
		return nil, fmt.Errorf("nothing was done: %s is closed%s", i, display.Because(&i.Outcome))
	case i.checkComplete(k) != nil:
		return nil, i.checkComplete(k)
	case i.Shown.IsZero() || i.Shown.After(m.Ended):
		return nil, fmt.Errorf("nothing was done: %s had not been shown when you typed; read it, and type the line again", i)
	}
	return i, nil
}
