package demo

import (
	"strings"

	"parley/hub/agent/wire"
)

// bigOutput is the size of the output in playBig, in bytes. It exceeds the default
// maximum of an event.
const bigOutput = 6 << 20

var errAsked = &wire.Error{Code: wire.CodeInternal, Message: "the prompt asked for an error"}

// playTools shows concurrent tool calls, of kinds and with outcomes that the other scenes
// do not have.
func playTools(t *turn) {
	t.say("Three tool calls at the same time:")
	search := t.startTool("search", `Search "discount"`, object{"pattern": "discount"})
	fetch := t.startTool("fetch", "Fetch https://example.com/prices", object{"url": "https://example.com/prices"})
	think := t.startTool("think", "Weigh the options", object{})
	t.workTool(search)
	t.workTool(fetch)
	t.workTool(think)
	t.finishTool(fetch, "failed", "The demo has no network.")
	t.finishTool(search, "completed", "basket/total.go:4\nbasket/total.go:9\nbasket/item.go:12")
	t.finishTool(think, "completed", "The smallest change wins.")
	t.runCommand("git mv basket cart", "completed")
	move := t.startTool("move", "Move basket to cart", object{}, "basket", "cart")
	t.finishTool(move, "completed", "2 files moved.")
	t.say("One of them failed, as tool calls sometimes do; the others succeeded.")
}

func playDiff(t *turn) {
	t.say("First a new file, then an edit in two places.")
	made := t.edit(change{name: "basket/doc.go", new: "// Package basket adds up what a customer buys.\npackage basket\n"})
	made = t.edit(change{name: "basket/item.go", old: itemBefore, new: itemAfter}) && made
	if made {
		t.say("I have made both changes.")
	} else {
		t.say("I have not made the changes that you rejected.")
	}
}

var itemBefore = "package basket\n\nimport \"errors\"\n\nvar errPrice = errors.New(\"bad price\")\n" +
	strings.Repeat("\n// ...", 12) + "\n\nfunc (i Item) Valid() error {\n\tif i.price < 0 {\n\t\treturn errPrice\n\t}\n\treturn nil\n}\n"

var itemAfter = strings.NewReplacer(
	`errors.New("bad price")`, `errors.New("price is below zero")`,
	"i.price < 0", "i.price < 0 || i.count < 0",
).Replace(itemBefore)

func playMarkdown(t *turn) { t.say(markdown) }

const markdown = "# A heading\n\n" +
	"Text with **bold**, *italic*, `code` and a [link](https://example.com).\n\n" +
	"1. first\n2. second\n   - nested\n\n" +
	"> A quotation.\n\n" +
	"| item | cents |\n| --- | ---: |\n| tea | 350 |\n| scone | 275 |\n\n" +
	"```go\nfunc main() {\n\tfmt.Println(\"<b>not HTML & not bold</b>\")\n}\n```\n\n" +
	"And HTML that must not run: <script>alert(1)</script> <img src=x onerror=alert(1)>\n\n" +
	"Ünïcödé, 漢字, العربية, 👩‍👩‍👧.\n"

// demoKey has the form of a key that gives access to a cloud, and gives access to nothing.
const demoKey = "AKIAIOSFODNN7EXAMPLE"

// playSecret shows secrets, the first of them in pieces, as models send them.
func playSecret(t *turn) {
	t.sayPieces("The deployment reads this key: ", demoKey[:4], demoKey[4:11], demoKey[11:], ". The host sees it, and guests see a mask.")
	id := t.startTool("execute", "cat .env", object{"command": "cat .env"})
	t.workTool(id)
	t.finishTool(id, "completed", console("$ cat .env\nDB_HOST=localhost\nDB_PASSWORD=not-a-real-one\n"))
	t.say("The password there is masked as well.")
}

// longText has the paragraphs of a long answer.
var longText = strings.Split(strings.Repeat(
	"People who share an agent share its attention, so it works on one prompt at a time and everyone sees the answer.\n"+
		"A participant who joins late reads the session from the beginning, and then follows it live without a gap.\n"+
		"A prompt that needs approval waits until the host approves, edits or rejects it.\n"+
		"The agent asks for permission before it changes anything outside the session.\n", 6)+
	"That is all.", "\n")
