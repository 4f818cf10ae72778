package redact

import (
	"regexp/syntax"
	"unicode/utf8"
)

// span is a part of a text, as offsets from its beginning. end is exclusive.
type span struct{ start, end int }

// Bounds of a match, in bytes.
const (
	// MaxHeld bounds a match, and so what a scanner holds back.
	MaxHeld = 16 << 10
	// maxGap is how far behind a match the search for a longer one goes on.
	maxGap = 256
)

// machine searches a text for the matches of one rule, as package regexp does, but a
// character at a time. It simulates all threads of the compiled pattern at once; the first
// thread has the highest priority.
type machine struct {
	at      int      // where it stands
	threads []thread // of the characters so far
	match   span     // the best match so far; of threads of a higher priority a longer one may come
	matched bool
}

// thread is a place in a compiled pattern that the text since start leads to.
type thread struct {
	pc    uint32
	start int
}

// workspace is what a step needs, for machines of any rule.
type workspace struct {
	next  []thread
	list  []thread
	seen  []uint32 // by instruction: the generation in which the list had it
	round uint32
}

// held returns from where on the text may belong to a match; end if none of it does.
func (m *machine) held(end int) int {
	if m.matched {
		end = min(end, m.match.start)
	}
	for _, t := range m.threads {
		end = min(end, t.start)
	}
	return end
}

// isIdle reports whether no match has begun.
func (m *machine) isIdle() bool { return len(m.threads) == 0 && !m.matched }

// step moves the machine over a character of the given width. before and next are the
// characters around the place where it stands; -1 for none, at the beginning and at the end
// of the text. It reports whether a match is complete.
func (m *machine) step(r *rule, w *workspace, before, next rune, width int) (complete bool) {
	w.begin(len(r.program.Inst))
	flags := syntax.EmptyOpContext(before, next)
	for _, t := range m.threads {
		w.follow(r.program, t, flags)
	}
	if !m.matched {
		w.follow(r.program, thread{uint32(r.program.Start), m.at}, flags)
	}
	w.next = w.next[:0]
	for _, t := range w.list {
		i := &r.program.Inst[t.pc]
		if i.Op == syntax.InstMatch {
			if t.start < m.at { // an empty match is none
				m.match, m.matched = span{t.start, m.at}, true
				break
			}
			continue
		}
		if next >= 0 && i.MatchRune(next) {
			w.next = append(w.next, thread{i.Out, t.start})
		}
	}
	m.threads, w.next = append(m.threads[:0], w.next...), w.next[:0]
	m.at += width
	m.bound()
	return m.matched && (len(m.threads) == 0 || m.at-m.match.end > maxGap)
}

// bound drops the threads of a match that has become too long.
func (m *machine) bound() {
	if len(m.threads) == 0 || m.at-m.threads[0].start <= MaxHeld {
		return
	}
	kept := m.threads[:0]
	for _, t := range m.threads {
		if m.at-t.start <= MaxHeld {
			kept = append(kept, t)
		}
	}
	m.threads = kept
}

// begin empties the list.
func (w *workspace) begin(instructions int) {
	w.list = w.list[:0]
	if w.round++; w.round == 0 || len(w.seen) < instructions {
		w.seen, w.round = make([]uint32, max(instructions, len(w.seen))), 1
	}
}

// follow adds the places that a thread reaches without a further character to the list, in
// the order of their priority.
func (w *workspace) follow(p *syntax.Prog, t thread, flags syntax.EmptyOp) {
	if w.seen[t.pc] == w.round {
		return
	}
	w.seen[t.pc] = w.round
	switch i := &p.Inst[t.pc]; i.Op {
	case syntax.InstAlt, syntax.InstAltMatch:
		w.follow(p, thread{i.Out, t.start}, flags)
		w.follow(p, thread{i.Arg, t.start}, flags)
	case syntax.InstEmptyWidth:
		if syntax.EmptyOp(i.Arg)&^flags == 0 {
			w.follow(p, thread{i.Out, t.start}, flags)
		}
	case syntax.InstCapture, syntax.InstNop:
		w.follow(p, thread{i.Out, t.start}, flags)
	case syntax.InstFail:
	default:
		w.list = append(w.list, t)
	}
}

// lastRune returns the last character of a text; none for an empty one.
func lastRune(text string, none rune) rune {
	if text == "" {
		return none
	}
	last, _ := utf8.DecodeLastRuneInString(text)
	return last
}
