package naming

import (
	"strings"
	"unicode"

	"github.com/mtibben/confusables"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Keys returns the keys by which a name is compared: two names with a common key look
// alike. An invisible name has no key. A name that looks like different names in
// different cases has two: those of "Ian" are "ian" and, since a capital I looks like
// an l, "lan". Do not store keys, since those of different releases of this package
// may differ.
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

// folded returns the skeleton of a text, independent of the case of its letters. A
// skeleton may contain capital letters whose lower-case forms have other skeletons: M
// becomes m, which looks like rn.
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

// maxFolds is more than any text needs: one round for the skeleton, one for the
// skeleton of its lower-case form, and one that changes nothing.
const maxFolds = 4

// fold has no state, so it is safe for concurrent use.
var fold = cases.Fold()

// visible removes white space and characters without a visible form.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if isInvisible(r) {
			return -1
		}
		return r
	}, s)
}

func isInvisible(r rune) bool {
	const brailleBlank = '\u2800' // a symbol by its properties, but blank in every font
	return r == brailleBlank || unicode.IsSpace(r) || unicode.IsControl(r) ||
		unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}
