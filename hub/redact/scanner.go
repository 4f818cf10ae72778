package redact

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Scanner masks a text that comes in pieces of whole characters. It is for one goroutine at
// a time.
type Scanner struct {
	rules    *Rules
	held     string // the end of the text, which was not given out
	base     int    // the offset of held in the text
	before   rune   // the character before held; -1 at the beginning of the text
	machines []machine
	matches  []span // complete, and not given out, in no order
	secrets  []span // likewise, the parts of matches to mask
}

var workspaces = sync.Pool{New: func() any { return new(workspace) }}

// NewScanner returns a scanner for a text, or for the rest of a text of which another
// scanner holds the end, [Scanner.Held], behind the character before; -1 for none.
func (r *Rules) NewScanner(held string, before rune) *Scanner {
	s := &Scanner{rules: r, before: before}
	if r != nil {
		s.machines = make([]machine, len(r.rules))
	}
	if held != "" {
		s.scan(held, false)
	}
	return s
}

// Held returns the text that was not given out yet. It has few bytes more than [MaxHeld] at
// most, but for matches of several rules that overlap.
func (s *Scanner) Held() string { return s.held }

// Before returns the character before Held; -1 for none.
func (s *Scanner) Before() rune { return s.before }

// Write continues the text and returns what can be given out of it, masked, and whether a
// mask is in it.
func (s *Scanner) Write(text string) (masked string, hides bool) {
	s.scan(text, false)
	return s.give(s.safe())
}

// End ends the text and returns the rest of it, masked, and whether a mask is in it.
func (s *Scanner) End() (masked string, hides bool) {
	s.scan("", true)
	return s.give(s.base + len(s.held))
}

// minPartial is the length in bytes from which on the beginning of a secret is masked at the
// end of a text that is cut.
const minPartial = 8

// cut notes a long beginning of a secret at the end of the text as one.
func (s *Scanner) cut() {
	end := s.base + len(s.held)
	for i := range s.machines {
		m := &s.machines[i]
		if from := m.held(end); s.rules.rules[i].partial && end-from >= minPartial {
			s.matches, s.secrets = append(s.matches, span{from, end}), append(s.secrets, span{from, end})
		}
	}
}

// scan moves all machines to the end of the text.
func (s *Scanner) scan(text string, ends bool) {
	if s.rules == nil {
		s.held += text
		return
	}
	found := s.rules.candidates(text)
	s.held += text
	w := workspaces.Get().(*workspace)
	defer workspaces.Put(w)
	for i := range s.machines {
		m := &s.machines[i]
		if m.isIdle() && found&(1<<i) == 0 {
			m.at = s.base + len(s.held)
			continue
		}
		s.run(&s.rules.rules[i], m, w, ends)
	}
}

// run moves the machine of a rule to the end of the text.
func (s *Scanner) run(r *rule, m *machine, w *workspace, ends bool) {
	m.at = max(m.at, s.base)
	end := s.base + len(s.held)
	for {
		if m.isIdle() {
			m.at = s.base + r.begins.next(s.held, m.at-s.base)
		}
		if m.at >= end && (!ends || m.isIdle()) {
			return
		}
		next, width := rune(-1), 0
		if m.at < end {
			next, width = utf8.DecodeRuneInString(s.held[m.at-s.base:])
		}
		if m.step(r, w, lastRune(s.held[:m.at-s.base], s.before), next, width) {
			s.found(r, m)
		} else if width == 0 {
			m.threads = m.threads[:0]
			return
		}
	}
}

// found notes a complete match. The search continues behind it.
func (s *Scanner) found(r *rule, m *machine) {
	s.matches = append(s.matches, m.match)
	s.secrets = append(s.secrets, r.secrets(s.held[m.match.start-s.base:], m.match)...)
	*m = machine{at: m.match.end, threads: m.threads[:0]}
}

// safe returns the offset up to which the text can be given out: no match that may still
// come begins before it, and no match extends beyond it.
func (s *Scanner) safe() int {
	safe := s.base + len(s.held)
	for i := range s.machines {
		safe = s.machines[i].held(safe)
	}
	for moved := true; moved; {
		moved = false
		for _, m := range s.matches {
			if m.start < safe && safe < m.end {
				safe, moved = m.start, true
			}
		}
	}
	return safe
}

// give returns the masked text up to an offset and forgets it.
func (s *Scanner) give(to int) (masked string, hides bool) {
	text := s.held[:to-s.base]
	masked, hides = s.masked(text)
	s.before = lastRune(text, s.before)
	s.held, s.base = s.held[len(text):], to
	isGiven := func(m span) bool { return m.end <= to }
	s.matches, s.secrets = slices.DeleteFunc(s.matches, isGiven), slices.DeleteFunc(s.secrets, isGiven)
	return masked, hides
}

// masked returns the first part of what is held with its secrets masked. Secrets that
// overlap have one mask.
func (s *Scanner) masked(text string) (masked string, hides bool) {
	end := s.base + len(text)
	slices.SortFunc(s.secrets, func(a, b span) int { return cmp.Or(a.start-b.start, b.end-a.end) })
	var b strings.Builder
	at := s.base // up to here the text is in b
	for _, secret := range s.secrets {
		if secret.end > end {
			continue
		}
		if hides && secret.start < at {
			text, at = text[max(0, secret.end-at):], max(at, secret.end)
			continue
		}
		b.WriteString(text[:secret.start-at])
		b.WriteString(Mask)
		text, at, hides = text[secret.end-at:], secret.end, true
	}
	if !hides {
		return text, false
	}
	b.WriteString(text)
	return b.String(), true
}
