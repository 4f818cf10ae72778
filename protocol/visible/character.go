package visible

import (
	"unicode"
	"unicode/utf8"
)

// hidden reports whether r is invisible outside of a sequence.
func hidden(r rune) bool {
	switch {
	case r == '\n', r == '\t':
		return false
	case r < 0x7f:
		return r < ' '
	case unicode.Is(unicode.Cf, r):
		return !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
	}
	return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Variation_Selector,
		unicode.Other_Default_Ignorable_Code_Point, unicode.Noncharacter_Code_Point, blanks)
}

// blanks are characters of other categories that render as nothing, and spaces that look
// like the common space.
var blanks = &unicode.RangeTable{
	R16: []unicode.Range16{
		{0x1680, 0x1680, 1}, // Ogham space
		{0x2000, 0x2008, 1}, // en quad … punctuation space
		{0x200a, 0x200a, 1}, // hair space
		{0x205f, 0x205f, 1}, // medium mathematical space
		{0x2800, 0x2800, 1}, // Braille pattern blank
		{0xfffc, 0xfffc, 1}, // object replacement character
	},
	R32: []unicode.Range32{
		{0x13441, 0x13442, 1}, // Egyptian blanks
		{0x16fe4, 0x16fe4, 1}, // Khitan small script filler
		{0x1d159, 0x1d159, 1}, // musical null notehead
	},
}

const (
	nonJoiner = 0x200c
	joiner    = 0x200d
)

// isShapingJoiner reports whether r, between before and after, is a joiner or non-joiner
// that changes the rendering of its neighbours.
func isShapingJoiner(r rune, before, after string) bool {
	if r != joiner && r != nonJoiner {
		return false
	}
	left, _ := utf8.DecodeLastRuneInString(before)
	right, _ := utf8.DecodeRuneInString(after)
	if unicode.Is(viramas, left) {
		return unicode.IsLetter(right)
	}
	return r == nonJoiner && unicode.Is(joining, left) && unicode.Is(unicode.Arabic, right) && unicode.IsLetter(right)
}

// viramas are the marks of Indic scripts that a joiner affects.
var viramas = &unicode.RangeTable{R16: []unicode.Range16{
	{0x094d, 0x0d4d, 0x80}, // Devanagari, Bengali, Gurmukhi, Gujarati, Oriya, Tamil, Telugu, Kannada, Malayalam
	{0x0dca, 0x0dca, 1},    // Sinhala
}}

// joining are the letters of Arabic and Persian that join to the following letter.
var joining = &unicode.RangeTable{R16: []unicode.Range16{
	{0x0626, 0x0626, 1}, {0x0628, 0x0628, 1}, {0x062a, 0x062e, 1}, {0x0633, 0x063f, 1},
	{0x0641, 0x0647, 1}, {0x0649, 0x064a, 1}, {0x067e, 0x067e, 1}, {0x0686, 0x0686, 1},
	{0x06a9, 0x06a9, 1}, {0x06af, 0x06af, 1}, {0x06cc, 0x06cc, 1},
}}
