package ledger

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"parley/cmd/parley/internal/display"
	"parley/cmd/parley/internal/formfill"
	"parley/cmd/parley/internal/toolcall"
	"parley/protocol"
)

// Kind is the kind of an item, which says what can be done with it while it is open.
type Kind string

// The kinds of items.
const (
	KindQuestion Kind = "question" // a permission request of the agent: answer it
	KindRequest  Kind = "request"  // a request of the agent for input: fill it in, or accept it
	KindProposal Kind = "proposal" // a prompt: approve or reject it
	KindTurn     Kind = "turn"     // an approved prompt, until its turn ends: cancel it
	KindOutput   Kind = "output"   // output of a tool call; never open, but can be shown
)

// Item is something that people refer to by its number.
type Item struct {
	Number   int
	Kind     Kind
	ID       string    // given by the server
	Shown    time.Time // when it was shown as its current kind; zero if it was not
	Outcome  string    // why it is closed; empty while it is open
	Approval protocol.Approval
	Author   string   // of the approval
	Edited   string   // the text that /edit has prepared to send instead
	Question Question // of KindQuestion

	// of KindRequest
	Request protocol.Elicitation
	Filling *formfill.Form // nil for a page, and while only the beginning is known

	// of KindOutput
	Heading string // of the tool call
	Output  *toolcall.Output
}

// IsOpen reports whether the item can still be decided on.
func (i *Item) IsOpen() bool { return i.Outcome == "" }

// The bounds of closed items, which are kept to be shown. The oldest are dropped first.
const (
	maxClosed      = 500
	maxClosedBytes = 8 << 20
)

// Ledger numbers items. A number belongs to one item until the program ends. A ledger is
// for one goroutine.
type Ledger struct {
	items []*Item // sorted by number
	last  int     // the last number given

	// by kind
	endedAt         map[Kind]time.Time // when an item was last closed
	endedByOthersAt map[Kind]time.Time // the same, the person's own decisions not counted
	lastEnded       map[Kind]*Item     // the item that was closed last
	newestEnded     map[Kind]*Item     // the highest number that others have closed, until the person is told
}

// New returns a ledger without items.
func New() *Ledger {
	return &Ledger{endedAt: map[Kind]time.Time{}, endedByOthersAt: map[Kind]time.Time{}, lastEnded: map[Kind]*Item{}, newestEnded: map[Kind]*Item{}}
}

// Find returns the item with an id of the server, or nil.
func (l *Ledger) Find(id string) *Item {
	for _, i := range slices.Backward(l.items) {
		if i.ID == id {
			return i
		}
	}
	return nil
}

// Put returns the item with an id of the server, which it adds if needed, and opens it as
// an item of the given kind.
func (l *Ledger) Put(k Kind, id string) *Item {
	i := l.Find(id)
	if i == nil {
		l.last++
		i = &Item{Number: l.last, ID: id}
		l.items = append(l.items, i)
	}
	if i.Kind != k {
		i.Kind, i.Shown = k, time.Time{}
	}
	i.Outcome = ""
	return i
}

// End closes an item, unless it is nil or closed. own says whether the person did that.
func (l *Ledger) End(i *Item, outcome string, own bool, at time.Time) {
	if i == nil || !i.IsOpen() {
		return
	}
	l.StopWaiting(i, own, at)
	i.Outcome, i.Edited = cmp.Or(outcome, "done"), ""
	l.prune()
}

// StopWaiting records that an item can no longer be decided on as an item of its kind.
func (l *Ledger) StopWaiting(i *Item, own bool, at time.Time) {
	l.endedAt[i.Kind], l.lastEnded[i.Kind] = at, i
	if own {
		return
	}
	l.endedByOthersAt[i.Kind] = at
	if newest := l.newestEnded[i.Kind]; newest == nil || newest.Number < i.Number {
		l.newestEnded[i.Kind] = i
	}
}

// prune drops the oldest closed items beyond the bounds.
func (l *Ledger) prune() {
	closed, bytes := 0, 0
	for n := len(l.items) - 1; n >= 0; n-- {
		i := l.items[n]
		if i.IsOpen() {
			continue
		}
		closed++
		bytes += i.size()
		if closed > maxClosed || bytes > maxClosedBytes {
			l.items = slices.Delete(l.items, n, n+1)
		}
	}
}

func (i *Item) size() int {
	size := len(i.Approval.Prompt) + i.Question.size() + len(i.Request.Message)
	if i.Output != nil {
		size += i.Output.KeptSize()
	}
	return size
}

// FullSize returns the size in bytes of an item of which only the beginning is known, or
// 0 if the item is complete.
func (i *Item) FullSize() int {
	switch i.Kind {
	case KindQuestion:
		return i.Question.FullSize
	case KindRequest:
		return i.Request.WholeBytes
	}
	return i.Approval.WholeBytes
}

// Open returns the open items of a kind.
func (l *Ledger) Open(k Kind) (found []*Item) {
	for _, i := range l.items {
		if i.IsOpen() && i.Kind == k {
			found = append(found, i)
		}
	}
	return found
}

// AllOpen returns the open items of every kind, in the order of their numbers.
func (l *Ledger) AllOpen() (found []*Item) {
	for _, i := range l.items {
		if i.IsOpen() {
			found = append(found, i)
		}
	}
	return found
}

// MarkShown records that every item that is open and complete has been shown.
func (l *Ledger) MarkShown(now time.Time) {
	for _, i := range l.items {
		if i.IsOpen() && i.Shown.IsZero() && i.FullSize() == 0 {
			i.Shown = now
		}
	}
}

// OpenDecisions returns the open questions, requests and proposals.
func (l *Ledger) OpenDecisions() []*Item {
	return append(append(l.Open(KindQuestion), l.Open(KindRequest)...), l.Open(KindProposal)...)
}

// Numbered returns the item with a number.
func (l *Ledger) Numbered(number int) (*Item, error) {
	at, found := slices.BinarySearchFunc(l.items, number, func(i *Item, n int) int { return cmp.Compare(i.Number, n) })
	switch {
	case found:
		return l.items[at], nil
	case number > 0 && number <= l.last:
		return nil, fmt.Errorf("#%d was closed too long ago to be shown", number)
	}
	return nil, fmt.Errorf("there is no #%d", number)
}

// Label returns the number of an item as people write it, such as #3.
func (i *Item) Label() string { return fmt.Sprintf("#%d", i.Number) }

// Title describes an item in a few words.
func (i *Item) Title() string {
	switch i.Kind {
	case KindQuestion:
		return display.Short(i.Question.Call.Heading(), 60)
	case KindRequest:
		return display.Short(i.Request.Message, 60)
	case KindOutput:
		return display.Short(i.Heading, 60)
	}
	return display.Short(i.Approval.Prompt, 60)
}

// String returns the label and the title.
func (i *Item) String() string { return i.Label() + " (" + i.Title() + ")" }

// ListItems lists items by label and title.
func ListItems(items []*Item) string {
	var names []string
	for _, i := range items {
		names = append(names, i.String())
	}
	return strings.Join(names, ", ")
}
