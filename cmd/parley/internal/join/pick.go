package join

import (
	"fmt"
	"time"
)

// moment is when a line was typed.
type moment struct {
	began, ended time.Time
	person       bool // whether a person typed it, who needs time to read
}

// readingTime is how long an item must have been on the screen before a person can have
// read it.
const readingTime = 700 * time.Millisecond

// pick returns the item of a kind that a line decides on: the one with the given number
// or, if that is 0, the only open one. Without a number it returns an error unless it is
// certain that the person saw the item and meant it. chosen says whether the line names
// one of the item's own options.
func (l *ledger) pick(k kind, number int, m moment, chosen bool) (*item, error) {
	if number > 0 {
		return l.pickNumber(k, number, m)
	}
	open := l.open(k)
	if len(open) > 1 {
		return nil, fmt.Errorf("more than one %s is open; add its number: %s", k, listItems(open))
	}
	if last := l.lastEnded[k]; l.endedWhileTyping(k, m) {
		delete(l.newestEnded, k)
		return nil, fmt.Errorf("nothing was done: %s was on the screen while you were typing, and is closed%s%s",
			last, because(&last.outcome), openInstead(open))
	}
	if len(open) == 0 {
		return nil, fmt.Errorf("no %s is open", k)
	}
	i := open[0]
	if err := i.checkComplete(k); err != nil {
		return nil, err
	}
	if newest := l.newestEnded[k]; newest != nil && newest.number > i.number {
		delete(l.newestEnded, k) // the person is told now
		return nil, fmt.Errorf("nothing was done: %s was shown last, and is closed%s%s; to decide on that one, type the line again",
			newest, because(&newest.outcome), openInstead(open))
	}
	if err := l.checkRead(i, m, chosen); err != nil {
		return nil, err
	}
	return i, nil
}

// checkRead returns an error if an item was shown too late for the person to have read it
// before typing the line.
func (l *ledger) checkRead(i *item, m moment, chosen bool) error {
	if i.shown.IsZero() || i.shown.After(m.began) {
		return fmt.Errorf("nothing was done: %s appeared while you were typing; read it, and type the line again", i)
	}
	hasty := m.person && m.ended.Sub(i.shown) < readingTime
	if hasty && (!chosen || m.began.Sub(l.endedAt[i.kind]) < 10*readingTime) {
		return fmt.Errorf("nothing was done: %s has only just appeared; read it, and type the line again", i)
	}
	return nil
}

// endedWhileTyping reports whether another participant or the agent closed an item of a
// kind while the person was typing or about to type.
func (l *ledger) endedWhileTyping(k kind, m moment) bool {
	since := m.began
	if m.person {
		since = since.Add(-readingTime)
	}
	ended := l.endedByOthersAt[k]
	return !ended.IsZero() && !ended.Before(since)
}

// checkComplete returns an error if an item that is decided on is incomplete. A turn can
// be cancelled whatever its prompt says.
func (i *item) checkComplete(k kind) error {
	if k == kindTurn || i.fullSize() == 0 {
		return nil
	}
	return fmt.Errorf("nothing was done: only the beginning of %s has arrived; the rest is being fetched, and %s will be shown in full",
		i, i.label())
}

// openInstead lists the items that are open instead of a closed one.
func openInstead(open []*item) string {
	if len(open) == 0 {
		return ""
	}
	return "; now open: " + listItems(open)
}

// kindNames describe items of a kind in errors.
var kindNames = map[kind]string{
	kindQuestion: "a question of the agent; see /allow and /deny",
	kindRequest:  "a request for input; see /answer, /accept and /decline",
	kindProposal: "a proposal; see /approve and /reject",
	kindTurn:     "a prompt that was approved; see /cancel",
	kindOutput:   "the output of a tool; see /show",
}

// pickNumber returns the item with a number if it is open, of the kind, and was shown
// before the line was sent.
func (l *ledger) pickNumber(k kind, number int, m moment) (*item, error) {
	i, err := l.numbered(number)
	if err != nil {
		return nil, fmt.Errorf("nothing was done: %w", err)
	}
	switch {
	case i.kind != k:
		return nil, fmt.Errorf("nothing was done: %s is %s: %s", i.label(), kindNames[i.kind], i.title())
	case !i.isOpen():
		return nil, fmt.Errorf("nothing was done: %s is closed%s", i, because(&i.outcome))
	case i.checkComplete(k) != nil:
		return nil, i.checkComplete(k)
	case i.shown.IsZero() || i.shown.After(m.ended):
		return nil, fmt.Errorf("nothing was done: %s had not been shown when you typed; read it, and type the line again", i)
	}
	return i, nil
}
