// Package visible finds the characters of a text that a reader cannot see.
//
// People approve texts that others wrote: prompts, commands, diffs, names. A character
// without a glyph can carry instructions that only the model reads, and a bidirectional
// control can reverse a command. [Split] separates a text into visible text and named
// hidden characters, so that a client can draw a mark for each hidden character and
// count them.
//
// The rules are as follows. U+000A and U+0009 are always visible.
//
//   - These are hidden: control characters (C0, DEL, C1), except a carriage return
//     directly before a line feed; line and paragraph separators; format characters,
//     except those with a glyph (Prepended_Concatenation_Mark); variation selectors; all
//     other characters with the property Default_Ignorable_Code_Point; noncharacters; the
//     object replacement character; and blank glyphs (Braille blank, musical null
//     notehead, Khitan filler, Egyptian blanks).
//   - A space with a width is visible if keyboards or typesetters of a living script
//     produce it: space, no-break space, thin space, narrow no-break space, ideographic
//     space. The others (en quad to hair space except the thin one, Ogham space, medium
//     mathematical space) look like a space that they are not, so they are hidden.
//   - An emoji is visible as a whole: a variation selector 15 or 16 after a pictograph, a
//     joiner between two pictographs, a keycap, and the three tag sequences in general use
//     (the flags of England, Scotland and Wales). All other tag characters are hidden.
//   - A joiner or non-joiner is visible if it changes the rendering: after a virama of an
//     Indic script and, for the non-joiner, between two letters of the Arabic script of
//     which the first joins.
//   - A variation selector after an ideograph is hidden: few fonts render a difference,
//     and each selector can encode a byte.
//   - A lone surrogate and a byte that is not UTF-8 are hidden.
//
// Every implementation runs the cases in protocol/testdata/visible.json.
package visible
