package demo

import (
	"fmt"
	"slices"
	"strings"
)

// contextLines is how many unchanged lines a patch has before and after its changes.
const contextLines = 3

// gitPatch returns a change of one file in the format of git, with one hunk. Both texts
// end with a line feed, or are empty.
func gitPatch(path string, existed bool, before, after string) string {
	name := strings.TrimPrefix(path, "/")
	old := slices.Collect(strings.Lines(before))
	fresh := slices.Collect(strings.Lines(after))
	same := 0 // lines at the beginning
	for same < len(old) && same < len(fresh) && old[same] == fresh[same] {
		same++
	}
	tail := 0 // lines at the end
	for tail < len(old)-same && tail < len(fresh)-same && old[len(old)-1-tail] == fresh[len(fresh)-1-tail] {
		tail++
	}
	from, rest := max(0, same-contextLines), min(tail, contextLines)

	var b strings.Builder
	fmt.Fprintf(&b, "diff --git a/%s b/%s\n", name, name)
	origin := "a/" + name
	if !existed {
		b.WriteString("new file mode 100644\n")
		origin = "/dev/null"
	}
	removed, added := len(old)-tail+rest-from, len(fresh)-tail+rest-from
	fmt.Fprintf(&b, "--- %s\n+++ b/%s\n@@ -%s +%s @@\n", origin, name, hunkRange(from, removed), hunkRange(from, added))
	write := func(mark string, lines []string) {
		for _, line := range lines {
			b.WriteString(mark + line)
		}
	}
	write(" ", old[from:same])
	write("-", old[same:len(old)-tail])
	write("+", fresh[same:len(fresh)-tail])
	write(" ", old[len(old)-tail:len(old)-tail+rest])
	return b.String()
}

// hunkRange returns the lines of a hunk, of which skipped lines come before.
func hunkRange(skipped, count int) string {
	if count == 0 {
		return fmt.Sprintf("%d,0", skipped)
	}
	return fmt.Sprintf("%d,%d", skipped+1, count)
}
