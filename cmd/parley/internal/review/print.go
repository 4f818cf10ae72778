package review

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"parley/cmd/parley/internal/display"
	"parley/protocol"
)

// Options say how changes are printed.
type Options struct {
	Stat   bool // only the numbers of lines
	Colour bool
}

// The styles, as parameters of the SGR sequence of ECMA-48.
const (
	plain  = ""
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	cyan   = "36"
	yellow = "33"
)

// printer writes to a buffered writer, which keeps the first error.
type printer struct {
	out    *bufio.Writer
	colour bool
}

// line prints a line. Text of others must have passed package display.
func (p printer) line(style, text string) {
	if p.colour && style != plain {
		text = "\x1b[" + style + "m" + text + "\x1b[0m"
	}
	fmt.Fprintln(p.out, text)
}

// Print prints the files of an answer, and what was left out. It returns the error of out.
func Print(out io.Writer, a protocol.ChangesAnswer, o Options) error {
	p := printer{bufio.NewWriter(out), o.Colour}
	marks := map[string]string{}
	for _, m := range a.Marks {
		marks[m.Path+"\x00"+m.Version] = display.OneLine(m.Participant.Name())
	}
	for _, f := range a.Files {
		reviewer := marks[f.Path+"\x00"+f.Version]
		if o.Stat {
			p.stat(f, reviewer)
		} else {
			p.file(f, reviewer)
		}
	}
	p.summary(a)
	return p.out.Flush()
}

// name returns the name of a file, with its former one.
func name(f protocol.ChangedFile) string {
	if f.OldPath != "" {
		return display.OneLine(f.OldPath) + " → " + display.OneLine(f.Path)
	}
	return display.OneLine(f.Path)
}

// details returns what else is to be said about a file.
func details(f protocol.ChangedFile, reviewer string) string {
	parts := []string{strings.ReplaceAll(f.Status, "_", " ")}
	if f.Kind != "" {
		parts = append(parts, f.Kind)
	}
	if f.Mode != "" {
		parts = append(parts, "mode "+strings.Replace(display.OneLine(f.Mode), " ", " → ", 1))
	}
	if f.Binary {
		parts = append(parts, "binary")
	}
	if reviewer != "" {
		parts = append(parts, "reviewed by "+reviewer)
	}
	return strings.Join(parts, ", ")
}

func (p printer) stat(f protocol.ChangedFile, reviewer string) {
	p.line(plain, fmt.Sprintf("%6s %6s  %s (%s)", "+"+strconv.Itoa(f.Additions), "-"+strconv.Itoa(f.Deletions), name(f), details(f, reviewer)))
}

// file prints a file with its patch. No line of the patch can be taken for one of this
// program, because each begins with a mark.
func (p printer) file(f protocol.ChangedFile, reviewer string) {
	p.line(bold, fmt.Sprintf("=== %s (%s)", name(f), details(f, reviewer)))
	for line := range strings.Lines(f.Patch) {
		line = strings.TrimSuffix(line, "\n")
		style := plain
		switch {
		case strings.HasPrefix(line, "@@"):
			style = cyan
		case strings.HasPrefix(line, "+"):
			style = green
		case strings.HasPrefix(line, "-"):
			style = red
		case strings.HasPrefix(line, `\`):
			style = dim
		}
		p.line(style, display.Mark(line))
	}
	switch {
	case f.Left > 0:
		p.line(yellow, fmt.Sprintf("... %d more bytes are left out; name the file to see more", f.Left))
	case f.Left < 0:
		p.line(yellow, "... the rest is left out; name the file to see more")
	}
	p.line(plain, "")
}

// summary prints the totals, and what is not shown.
func (p printer) summary(a protocol.ChangesAnswer) {
	since := "since the commit " + cmp.Or(short(a.Head), "(none)")
	switch {
	case a.Scope == protocol.ChangesTurn:
		since = "in this turn"
	case a.Since != nil:
		since = "since " + a.Since.Local().Format(time.DateTime)
	}
	p.line(dim, fmt.Sprintf("%d changed, +%d -%d, %s", a.Total, a.Additions, a.Deletions, since))
	if more := a.Total - len(a.Files); more > 0 && len(a.Files) > 1 {
		p.line(yellow, fmt.Sprintf("%d more files have changed and are left out", more))
	}
	for _, u := range a.Unread {
		p.line(yellow, fmt.Sprintf("not compared: %s (%d bytes): %s", display.OneLine(u.Path), u.Size, display.OneLine(u.Reason)))
	}
	if a.UnreadMore > 0 {
		p.line(yellow, fmt.Sprintf("not compared: %d more files", a.UnreadMore))
	}
}

func short(id string) string { return id[:min(len(id), 10)] }

// FindTurn returns the approval of the turn with a number, which counts from the oldest, or
// from the newest if it is negative; or with an id.
func FindTurn(turns []protocol.ChangesOf, text string) (string, error) {
	for _, t := range turns {
		if t.ApprovalID == text {
			return text, nil
		}
	}
	n, err := strconv.Atoi(text)
	if n < 0 {
		n += len(turns) + 1
	}
	if err != nil || n < 1 || n > len(turns) {
		return "", fmt.Errorf("there is no turn %q; the changes of %d turns are stored", display.Short(text, 40), len(turns))
	}
	return turns[n-1].ApprovalID, nil
}
