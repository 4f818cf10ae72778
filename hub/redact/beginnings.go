package redact

import (
	"regexp/syntax"
	"unicode/utf8"
)

// beginnings are the pairs of bytes that a match of a rule can begin with. They let a
// machine skip most of a text at little cost.
type beginnings [256]byteSet

// byteSet is a set of bytes.
type byteSet [4]uint64

func (s *byteSet) add(c int)       { s[c>>6] |= 1 << (c & 63) }
func (s *byteSet) has(c byte) bool { return s[c>>6]&(1<<(c&63)) != 0 }
func (s *byteSet) union(o *byteSet) {
	for i := range s {
		s[i] |= o[i]
	}
}

var allBytes = byteSet{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)}

// next returns the first place from i on at which a match can begin; the length of the text
// if there is none.
func (b *beginnings) next(text string, i int) int {
	for last := len(text) - 1; i <= last; i++ {
		if pairs := &b[text[i]]; i < last && pairs.has(text[i+1]) || i == last && *pairs != (byteSet{}) {
			return i
		}
	}
	return i
}

// fill computes the pairs of a compiled pattern.
func (b *beginnings) fill(p *syntax.Prog) {
	for _, pc := range reached(p, uint32(p.Start)) {
		first, _ := firstBytes(&p.Inst[pc])
		var second byteSet
		for _, pc := range reached(p, p.Inst[pc].Out) {
			bytes, ends := firstBytes(&p.Inst[pc])
			if second.union(&bytes); ends {
				second = allBytes
			}
		}
		for c := range b {
			switch {
			case !first.has(byte(c)):
			case c >= utf8.RuneSelf:
				b[c] = allBytes // the second byte is of the same character
			default:
				b[c].union(&second)
			}
		}
	}
}

// firstBytes returns the bytes that a character can begin with that an instruction takes,
// and whether it ends the match.
func firstBytes(i *syntax.Inst) (s byteSet, ends bool) {
	if i.Op == syntax.InstMatch {
		return s, true
	}
	for c := range utf8.RuneSelf {
		if i.MatchRune(rune(c)) {
			s.add(c)
		}
	}
	for c := 0xC0; c < 256; c++ {
		s.add(c) // the first byte of a longer character
	}
	return s, false
}

// reached returns the instructions that take a character, or end the match, that are
// reached from one without a character.
func reached(p *syntax.Prog, from uint32) (all []uint32) {
	seen := map[uint32]bool{}
	var follow func(pc uint32)
	follow = func(pc uint32) {
		if seen[pc] {
			return
		}
		seen[pc] = true
		switch i := &p.Inst[pc]; i.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			follow(i.Out)
			follow(i.Arg)
		case syntax.InstCapture, syntax.InstEmptyWidth, syntax.InstNop:
			follow(i.Out)
		case syntax.InstFail:
		default:
			all = append(all, pc)
		}
	}
	follow(from)
	return all
}
