// Package visible tells which characters of a text a reader cannot see.
//
// People approve texts that others wrote: prompts, commands, diffs, names. A
// character without a glyph can carry instructions that only the model reads,
// and a bidirectional control can turn a command around. [Split] takes such a
// text apart into what is seen and the hidden characters by their names, so
// that a client can draw a mark for each and say how many there are.
//
// The rule, where U+000A and U+0009 are always text:
//
//   - Hidden are control characters (C0, DEL, C1) but a carriage return right
//     before a line feed; line and paragraph separators; format characters but
//     those that have a glyph (Prepended_Concatenation_Mark); variation
//     selectors; everything else that is Default_Ignorable_Code_Point;
//     noncharacters; the object replacement character; glyphs that are blank
//     (Braille blank, musical null notehead, Khitan filler, Egyptian blanks).
//   - Spaces with a width are text when a keyboard or a typesetter of a living
//     script produces them: space, no-break space, thin space, narrow no-break
//     space, ideographic space. The others (en quad to hair space without the
//     thin one, Ogham space, medium mathematical space) have no such use: they
//     pass for a space that they are not, so they are hidden characters.
//   - An emoji is text as a whole: a variation selector 15 or 16 after a
//     pictograph, a joiner between two of them, a keycap, and the three tag
//     sequences that are in general use (the flags of England, Scotland and
//     Wales). Any other tag character is hidden.
//   - A joiner or non-joiner is text where it changes what is seen: after a
//     virama of an Indic script, and, for the non-joiner, between two letters
//     of the Arabic script of which the first joins.
//   - Variation selectors after ideographs are hidden: few fonts draw a
//     difference, and a selector can carry a byte on each ideograph.
//   - A lone surrogate, or a byte that is not UTF-8, is hidden.
//
// The cases in protocol/testdata/visible.json are run by every implementation.
package visible
