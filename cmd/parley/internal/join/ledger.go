package join

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/protocol"
)

// kind is what an item waits for.
type kind string

const (
	kindQuestion kind = "question" // of the agent: an answer
	kindProposal kind = "proposal" // a decision
	kindTurn     kind = "turn"     // a prompt that was approved: its end
	kindOutput   kind = "output"   // of a tool: nothing, but it can be shown
)

// item is something that people name by its number.
type item struct {
	number   int
	kind     kind
	id       string    // the server's
	shown    time.Time // when it was printed as what it is now; zero if it was not
	done     string    // what became of it, empty while it waits
	approval protocol.Approval
	author   string   // of the approval
	edited   string   // what /edit prepared to send instead
	question question // of kind question
	output   *output  // of kind output
}

// maxDone is how many items are kept, to be shown, after they are done, and
// maxDoneBytes how much text those may have. The oldest is forgotten first.
const (
	maxDone      = 500
	maxDoneBytes = 8 << 20
)

// ledger gives out the numbers. A number belongs to one item as long as the
// program runs. It is for one goroutine.
type ledger struct {
	items []*item // in the order of their numbers
	last  int     // the last number given out

	// when an item of a kind last ceased to wait
	gone       map[kind]time.Time
	goneOthers map[kind]time.Time // not by one's own decision
	goneLast   map[kind]*item     // which
	newestGone map[kind]*item     // the newest that others' doing ended, until it is said
}

func newLedger() *ledger {
	return &ledger{gone: map[kind]time.Time{}, goneOthers: map[kind]time.Time{}, goneLast: map[kind]*item{}, newestGone: map[kind]*item{}}
}

// find returns the item with the server's id, or nil.
func (l *ledger) find(id string) *item {
	for _, i := range slices.Backward(l.items) {
		if i.id == id {
			return i
		}
	}
	return nil
}

// put returns the item with that id, which it makes if there is none, and says
// what it waits for.
func (l *ledger) put(k kind, id string) *item {
	i := l.find(id)
	if i == nil {
		l.last++
		i = &item{number: l.last, id: id}
		l.items = append(l.items, i)
	}
	if i.kind != k {
		i.kind, i.shown = k, time.Time{}
	}
	i.done = ""
	return i
}

// end says that an item no longer waits for what it waited for.
func (l *ledger) end(i *item, what string, own bool, at time.Time) {
	if i == nil || i.done != "" {
		return
	}
	l.left(i, own, at)
	i.done, i.edited = cmp.Or(what, "done"), ""
	l.forget()
}

// left notes that nothing can be decided on an item any more as its kind is.
func (l *ledger) left(i *item, own bool, at time.Time) {
	l.gone[i.kind], l.goneLast[i.kind] = at, i
	if own {
		return
	}
	l.goneOthers[i.kind] = at
	if newest := l.newestGone[i.kind]; newest == nil || newest.number < i.number {
		l.newestGone[i.kind] = i
	}
}

// forget drops the oldest items that are done beyond what is kept.
func (l *ledger) forget() {
	done, bytes := 0, 0
	for n := len(l.items) - 1; n >= 0; n-- {
		i := l.items[n]
		if i.done == "" {
			continue
		}
		done++
		bytes += i.size()
		if done > maxDone || bytes > maxDoneBytes {
			l.items = slices.Delete(l.items, n, n+1)
		}
	}
}

func (i *item) size() int {
	size := len(i.approval.Prompt) + i.question.call.size()
	if i.output != nil {
		size += i.output.kept.Len()
	}
	return size
}

// cut is how many bytes the whole has of an item of which the beginning alone is
// here; 0 if all of it is.
func (i *item) cut() int {
	if i.kind == kindQuestion {
		return i.question.cut
	}
	return i.approval.WholeBytes
}

// waiting returns the items of a kind that wait.
func (l *ledger) waiting(k kind) (found []*item) {
	for _, i := range l.items {
		if i.done == "" && i.kind == k {
			found = append(found, i)
		}
	}
	return found
}

// number returns an item's number for people, such as #3.
func (i *item) name() string { return fmt.Sprintf("#%d", i.number) }

// title names an item in a few words.
func (i *item) title() string {
	switch i.kind {
	case kindQuestion:
		return short(i.question.call.heading(), 60)
	case kindOutput:
		return short(i.output.title, 60)
	}
	return short(i.approval.Prompt, 60)
}

// list names items with their titles.
func list(items []*item) string {
	var names []string
	for _, i := range items {
		names = append(names, i.name()+" ("+i.title()+")")
	}
	return strings.Join(names, ", ")
}

// moment says when a line was typed.
type moment struct {
	began, ended time.Time
	person       bool // a person typed it, and can only have meant what was on the screen for a while
}

// glance is how long something has to stand on the screen before a person can
// have read it.
const glance = 700 * time.Millisecond

// pick finds the item that a line of that moment decides on: the one with the
// number, or without a number the only one of its kind, if it is certain that
// the person saw it and meant it. chosen says that the line names one of the
// item's own options.
func (l *ledger) pick(k kind, number int, m moment, chosen bool) (*item, error) {
	if number > 0 {
		return l.byNumber(k, number, m)
	}
	waiting := l.waiting(k)
	if len(waiting) > 1 {
		return nil, fmt.Errorf("more than one %s waits; say which: %s", k, list(waiting))
	}
	if old := l.goneLast[k]; l.missed(k, m) {
		delete(l.newestGone, k)
		return nil, fmt.Errorf("nothing was done: %s (%s) was on the screen while you typed, and is gone%s%s",
			old.name(), old.title(), because(&old.done), instead(waiting))
	}
	if len(waiting) == 0 {
		return nil, fmt.Errorf("no %s waits", k)
	}
	i := waiting[0]
	if err := i.isHere(k); err != nil {
		return nil, err
	}
	if old := l.newestGone[k]; old != nil && old.number > i.number {
		delete(l.newestGone, k) // it is said once
		return nil, fmt.Errorf("nothing was done: %s (%s) was shown last, and is gone%s%s; type the line again for that one",
			old.name(), old.title(), because(&old.done), instead(waiting))
	}
	if i.shown.IsZero() || i.shown.After(m.began) {
		return nil, fmt.Errorf("nothing was done: %s (%s) came while you typed; read it, and type the line again", i.name(), i.title())
	}
	hasty := m.person && m.ended.Sub(i.shown) < glance
	if hasty && (!chosen || m.began.Sub(l.gone[k]) < 10*glance) {
		return nil, fmt.Errorf("nothing was done: %s (%s) has only just come; read it, and type the line again", i.name(), i.title())
	}
	return i, nil
}

// missed reports whether another participant or the agent ended an item of the kind
// while the person was typing or about to type.
func (l *ledger) missed(k kind, m moment) bool {
	since := m.began
	if m.person {
		since = since.Add(-glance)
	}
	gone := l.goneOthers[k]
	return !gone.IsZero() && !gone.Before(since)
}

// isHere returns an error for an item that is decided on and not here as a whole.
// A turn can be cancelled whatever its prompt says.
func (i *item) isHere(k kind) error {
	if k == kindTurn || i.cut() == 0 {
		return nil
	}
	return fmt.Errorf("nothing was done: only the beginning of %s (%s) is here; the rest is being fetched, and %s is shown whole then",
		i.name(), i.title(), i.name())
}

func instead(waiting []*item) string {
	if len(waiting) == 0 {
		return ""
	}
	return "; what waits now is " + list(waiting)
}

func (l *ledger) byNumber(k kind, number int, m moment) (*item, error) {
	i, err := l.numbered(number)
	if err != nil {
		return nil, fmt.Errorf("nothing was done: %w", err)
	}
	switch {
	case i.kind != k:
		return nil, fmt.Errorf("nothing was done: %s is %s: %s", i.name(), map[kind]string{
			kindQuestion: "a question of the agent; see /allow and /deny", kindProposal: "a proposal; see /approve and /reject",
			kindTurn: "a prompt that was approved; see /cancel", kindOutput: "the output of a tool; see /show",
		}[i.kind], i.title())
	case i.done != "":
		return nil, fmt.Errorf("nothing was done: %s (%s) no longer waits%s", i.name(), i.title(), because(&i.done))
	case i.isHere(k) != nil:
		return nil, i.isHere(k)
	case i.shown.IsZero() || i.shown.After(m.ended):
		return nil, fmt.Errorf("nothing was done: %s (%s) had not been shown when you typed; read it, and type the line again", i.name(), i.title())
	}
	return i, nil
}

// numbered returns the item with the number.
func (l *ledger) numbered(number int) (*item, error) {
	at, found := slices.BinarySearchFunc(l.items, number, func(i *item, n int) int { return cmp.Compare(i.number, n) })
	switch {
	case found:
		return l.items[at], nil
	case number > 0 && number <= l.last:
		return nil, fmt.Errorf("#%d is done, too long ago to be shown", number)
	}
	return nil, fmt.Errorf("there is no #%d", number)
}
