package redact

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"
)

// Mask stands for a secret in a masked text.
const Mask = "[redacted]"

// Rules say what is a secret. A nil *Rules finds none. Rules do not change and may be used
// concurrently.
type Rules struct {
	rules []rule

	// first and second have, for each byte, the rules of which a match can have it as its
	// first or second byte; a bit for each rule.
	first, second [256]uint64
}

// Limits of rules.
const (
	// MinLiteral is the length in bytes of the shortest literal value. A shorter one would
	// mask parts of ordinary words.
	MinLiteral = 6
	// maxRules is how many patterns there may be, besides those that are built in. All rules
	// together are at most 64.
	maxRules = 40
	// maxInstructions bounds the size of one compiled pattern.
	maxInstructions = 4000
)

// rule is one compiled pattern.
type rule struct {
	pattern string
	program *syntax.Prog
	whole   *regexp.Regexp           // matches a match, to find the groups; nil for a rule without groups
	isMeant func(secret string) bool // whether what matches is a secret; nil for always
	partial bool                     // the beginning of a match at the end of a text can be a secret already
	begins  *beginnings
}

// Options are what an operator adds to the rules.
type Options struct {
	Patterns []string // regular expressions as in package regexp
	Literals []string // secrets themselves
}

// New returns the built-in rules together with an operator's own. An error names the
// pattern that is wrong, and never a literal.
func New(o Options) (*Rules, error) {
	if len(o.Patterns) > maxRules {
		return nil, fmt.Errorf("%d patterns; at most %d are allowed", len(o.Patterns), maxRules)
	}
	r := &Rules{rules: slices.Clone(builtIn())}
	for _, pattern := range o.Patterns {
		own, err := compile(pattern)
		if err != nil {
			return nil, fmt.Errorf("pattern %q: %w", pattern, err)
		}
		own.partial = true
		r.rules = append(r.rules, own)
	}
	if len(o.Literals) > 0 {
		own, err := literals(o.Literals)
		if err != nil {
			return nil, err
		}
		r.rules = append(r.rules, own)
	}
	r.index()
	return r, nil
}

// index computes the tables.
func (r *Rules) index() {
	for i := range r.rules {
		for c, pairs := range r.rules[i].begins {
			if pairs == (byteSet{}) {
				continue
			}
			r.first[c] |= 1 << i
			for next := range r.second {
				if pairs.has(byte(next)) {
					r.second[next] |= 1 << i
				}
			}
		}
	}
}

// candidates returns the rules of which a match may begin in a text.
func (r *Rules) candidates(text string) (found uint64) {
	if text == "" {
		return 0
	}
	last := len(text) - 1
	for i := range last {
		found |= r.first[text[i]] & r.second[text[i+1]]
	}
	return found | r.first[text[last]]
}

// literals returns the rule that matches secrets themselves.
func literals(values []string) (rule, error) {
	quoted := make([]string, 0, len(values))
	values = slices.Clone(values)
	slices.SortFunc(values, func(a, b string) int { return len(b) - len(a) }) // the first alternative counts
	for _, v := range values {
		if len(v) < MinLiteral || !utf8.ValidString(v) {
			return rule{}, fmt.Errorf("a literal value has fewer than %d bytes, or is not text", MinLiteral)
		}
		quoted = append(quoted, regexp.QuoteMeta(v))
	}
	own, err := compile(strings.Join(quoted, "|"))
	if err != nil {
		return rule{}, errors.New("the literal values are too long together")
	}
	own.partial = true
	return own, nil
}

// compile returns the rule of a pattern.
func compile(pattern string) (rule, error) {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return rule{}, err
	}
	whole, err := regexp.Compile(`\A(?:` + pattern + `)\z`)
	if err != nil {
		return rule{}, err
	}
	if whole.MatchString("") {
		return rule{}, errors.New("it matches the empty text")
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return rule{}, err
	}
	if len(program.Inst) > maxInstructions {
		return rule{}, errors.New("it is too large")
	}
	r := rule{pattern: pattern, program: program, begins: new(beginnings)}
	if whole.NumSubexp() > 0 {
		r.whole = whole
	}
	r.begins.fill(program)
	return r, nil
}

// secrets returns the parts of a match that are secret.
func (r *rule) secrets(text string, at span) []span {
	match := text[:at.end-at.start]
	if r.isMeant != nil && !r.isMeant(match) {
		return nil
	}
	if r.whole == nil {
		return []span{at}
	}
	var parts []span
	groups := r.whole.FindStringSubmatchIndex(match)
	for g := 2; g+1 < len(groups); g += 2 {
		if groups[g] >= 0 && groups[g] < groups[g+1] {
			parts = append(parts, span{at.start + groups[g], at.start + groups[g+1]})
		}
	}
	if parts == nil {
		return []span{at} // what surrounds the match decides what its groups are
	}
	return parts
}

// String returns a text with its secrets masked.
func (r *Rules) String(text string) string {
	masked, _ := r.mask(text, false)
	return masked
}

// Finds reports whether what a reader yields contains a secret. It reads to the first one.
func (r *Rules) Finds(content io.Reader) (bool, error) {
	if r == nil {
		return false, nil
	}
	s := r.NewScanner("", -1)
	piece := make([]byte, 32<<10)
	for {
		n, err := content.Read(piece)
		if _, hides := s.Write(string(piece[:n])); hides {
			return true, nil
		}
		if errors.Is(err, io.EOF) {
			_, hides := s.End()
			return hides, nil
		}
		if err != nil {
			return false, err
		}
	}
}

// mask returns a masked text, and whether it differs from the text by a mask. With cut, the
// text may be the beginning of a longer one, and a long beginning of a match at its end is
// masked too.
func (r *Rules) mask(text string, cut bool) (masked string, hides bool) {
	if r == nil || text == "" {
		return text, false
	}
	if r.candidates(text) == 0 {
		return text, false
	}
	s := r.NewScanner("", -1)
	s.scan(text, false)
	if cut {
		s.cut()
	}
	return s.End()
}
