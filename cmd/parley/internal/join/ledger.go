package join

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

// kind is the kind of an item, which says what can be done with it while it is open.
type kind string

const (
	kindQuestion kind = "question" // a permission request of the agent: answer it
	kindRequest  kind = "request"  // a request of the agent for input: fill it in, or accept it
	kindProposal kind = "proposal" // a prompt: approve or reject it
	kindTurn     kind = "turn"     // an approved prompt, until its turn ends: cancel it
	kindOutput   kind = "output"   // output of a tool call; never open, but can be shown
)

// item is something that people refer to by its number.
type item struct {
	number   int
	kind     kind
	id       string    // given by the server
	shown    time.Time // when it was shown as its current kind; zero if it was not
	outcome  string    // why it is closed; empty while it is open
	approval protocol.Approval
	author   string   // of the approval
	edited   string   // the text that /edit has prepared to send instead
	question question // of kindQuestion

	// of kindRequest
	request protocol.Elicitation
	filling *formfill.Form // nil for a page, and while only the beginning is known

	// of kindOutput
	heading string // of the tool call
	output  *toolcall.Output
}

func (i *item) isOpen() bool { return i.outcome == "" }

// The bounds of closed items, which are kept to be shown. The oldest are dropped first.
const (
	maxClosed      = 500
	maxClosedBytes = 8 << 20
)

// ledger numbers items. A number belongs to one item until the program ends. A ledger is
// for one goroutine.
type ledger struct {
	items []*item // sorted by number
	last  int     // the last number given

	// by kind
	endedAt         map[kind]time.Time // when an item was last closed
	endedByOthersAt map[kind]time.Time // the same, the person's own decisions not counted
	lastEnded       map[kind]*item     // the item that was closed last
	newestEnded     map[kind]*item     // the highest number that others have closed, until the person is told
}

func newLedger() *ledger {
	return &ledger{endedAt: map[kind]time.Time{}, endedByOthersAt: map[kind]time.Time{}, lastEnded: map[kind]*item{}, newestEnded: map[kind]*item{}}
}

// find returns the item with an id of the server, or nil.
func (l *ledger) find(id string) *item {
	for _, i := range slices.Backward(l.items) {
		if i.id == id {
			return i
		}
	}
	return nil
}

// put returns the item with an id of the server, which it adds if needed, and opens it as
// an item of the given kind.
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
	i.outcome = ""
	return i
}

// end closes an item, unless it is nil or closed. own says whether the person did that.
func (l *ledger) end(i *item, outcome string, own bool, at time.Time) {
	if i == nil || !i.isOpen() {
		return
	}
	l.stopWaiting(i, own, at)
	i.outcome, i.edited = cmp.Or(outcome, "done"), ""
	l.prune()
}

// stopWaiting records that an item can no longer be decided on as an item of its kind.
func (l *ledger) stopWaiting(i *item, own bool, at time.Time) {
	l.endedAt[i.kind], l.lastEnded[i.kind] = at, i
	if own {
		return
	}
	l.endedByOthersAt[i.kind] = at
	if newest := l.newestEnded[i.kind]; newest == nil || newest.number < i.number {
		l.newestEnded[i.kind] = i
	}
}

// prune drops the oldest closed items beyond the bounds.
func (l *ledger) prune() {
	closed, bytes := 0, 0
	for n := len(l.items) - 1; n >= 0; n-- {
		i := l.items[n]
		if i.isOpen() {
			continue
		}
		closed++
		bytes += i.size()
		if closed > maxClosed || bytes > maxClosedBytes {
			l.items = slices.Delete(l.items, n, n+1)
		}
	}
}

func (i *item) size() int {
	size := len(i.approval.Prompt) + i.question.size() + len(i.request.Message)
	if i.output != nil {
		size += i.output.KeptSize()
	}
	return size
}

// fullSize returns the size in bytes of an item of which only the beginning is known, or
// 0 if the item is complete.
func (i *item) fullSize() int {
	switch i.kind {
	case kindQuestion:
		return i.question.fullSize
	case kindRequest:
		return i.request.WholeBytes
	}
	return i.approval.WholeBytes
}

// open returns the open items of a kind.
func (l *ledger) open(k kind) (found []*item) {
	for _, i := range l.items {
		if i.isOpen() && i.kind == k {
			found = append(found, i)
		}
	}
	return found
}

// openDecisions returns the open questions, requests and proposals.
func (l *ledger) openDecisions() []*item {
	return append(append(l.open(kindQuestion), l.open(kindRequest)...), l.open(kindProposal)...)
}

// numbered returns the item with a number.
func (l *ledger) numbered(number int) (*item, error) {
	at, found := slices.BinarySearchFunc(l.items, number, func(i *item, n int) int { return cmp.Compare(i.number, n) })
	switch {
	case found:
		return l.items[at], nil
	case number > 0 && number <= l.last:
		return nil, fmt.Errorf("#%d was closed too long ago to be shown", number)
	}
	return nil, fmt.Errorf("there is no #%d", number)
}

// label returns the number of an item as people write it, such as #3.
func (i *item) label() string { return fmt.Sprintf("#%d", i.number) }

// title describes an item in a few words.
func (i *item) title() string {
	switch i.kind {
	case kindQuestion:
		return display.Short(i.question.call.Heading(), 60)
	case kindRequest:
		return display.Short(i.request.Message, 60)
	case kindOutput:
		return display.Short(i.heading, 60)
	}
	return display.Short(i.approval.Prompt, 60)
}

// String returns the label and the title.
func (i *item) String() string { return i.label() + " (" + i.title() + ")" }

// listItems lists items by label and title.
func listItems(items []*item) string {
	var names []string
	for _, i := range items {
		names = append(names, i.String())
	}
	return strings.Join(names, ", ")
}
