package naming

import (
	"strings"
	"unicode"

	"github.com/mtibben/confusables"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Keys returns what a name is compared by: two names that have a key in common
// look alike. There is none for an invisible name, and two for one
// that looks like different names in different cases: "Ian" is "ian" and, with
// the letter as it stands, "lan". Keys are for comparing alone, since those of
// different releases of this package can differ.
func Keys(name string) []string {
	name = visible(norm.NFKC.String(name))
	lower, asWritten := folded(name), folded(confusables.Skeleton(name))
	switch {
	case lower == "":
		return nil
	case lower == asWritten:
		return []string{lower}
	}
	return []string{lower, asWritten}
}

// folded returns the skeleton of a text whatever the case of its letters. A
// skeleton can have upper-case letters, whose lower-case ones have a skeleton
// again: M is folded to m, which looks like rn.
func folded(s string) string {
	for range maxFolds {
		next := visible(confusables.Skeleton(fold.String(s)))
		if next == s {
			break
		}
		s = next
	}
	return s
}

// maxFolds is more than any text needs: its skeleton, the skeleton of that in
// lower case, and once to see that nothing changes any more.
const maxFolds = 4

// fold keeps no state, so it can be used by several goroutines.
var fold = cases.Fold()

// visible drops white space and what takes no place of its own on the screen.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if isInvisible(r) {
			return -1
		}
		return r
	}, s)
}

func isInvisible(r rune) bool {
	const brailleBlank = '\u2800' // a symbol by its properties, and blank in every font
	return r == brailleBlank || unicode.IsSpace(r) || unicode.IsControl(r) ||
		unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}
