package console

// keyKind is the function of a key.
type keyKind int

const (
	keyText      keyKind = iota // inserts text
	keyEnter                    // submits the line
	keyBackspace                // erases the character before the cursor
	keyDelete                   // erases the character after it, or ends the input on an empty line
	keyDeleteAt                 // erases the character after it
	keyWordBack                 // erases the word before the cursor
	keyKillBack                 // erases everything before the cursor
	keyKill                     // erases everything after the cursor
	keyLeft
	keyRight
	keyHome
	keyEnd
	keyUp
	keyDown
	keyClear     // clears the screen
	keyInterrupt // ends the program
	keySuspend   // stops the program until the shell continues it
	keyComplete  // completes the line
)

// key is a key that was pressed, or text that was typed or pasted.
type key struct {
	kind keyKind
	text string
}

// controls are the control characters of keys.
var controls = map[byte]keyKind{
	0x01: keyHome, 0x02: keyLeft, 0x03: keyInterrupt, 0x04: keyDelete, 0x05: keyEnd, 0x06: keyRight,
	0x08: keyBackspace, 0x0b: keyKill, 0x0c: keyClear, 0x0e: keyDown, 0x10: keyUp, 0x15: keyKillBack,
	0x17: keyWordBack, 0x1a: keySuspend, 0x7f: keyBackspace,
}

// escapeSequences are the escape sequences of keys, without ESC.
var escapeSequences = map[string]keyKind{
	"[A": keyUp, "[B": keyDown, "[C": keyRight, "[D": keyLeft, "[H": keyHome, "[F": keyEnd,
	"OA": keyUp, "OB": keyDown, "OC": keyRight, "OD": keyLeft, "OH": keyHome, "OF": keyEnd,
	"[1~": keyHome, "[7~": keyHome, "[3~": keyDeleteAt, "[4~": keyEnd, "[8~": keyEnd,
}
