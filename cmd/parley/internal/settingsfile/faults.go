package settingsfile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Faults are the things that are wrong with a file. It is an error whose text has a line
// for each.
type Faults struct {
	path string
	list []fault
}

type fault struct {
	line int // 0 if unknown
	text string
}

// add adds a fault. line is 0 if it is unknown.
func (f *Faults) add(line int, format string, args ...any) {
	f.list = append(f.list, fault{line, fmt.Sprintf(format, args...)})
}

// err returns the faults as an error; nil if there are none.
func (f *Faults) err() error {
	if len(f.list) == 0 {
		return nil
	}
	slices.SortStableFunc(f.list, func(a, b fault) int { return cmp.Compare(a.line, b.line) })
	return f
}

// Lines returns a line for each fault, in the order of the file.
func (f *Faults) Lines() []string {
	var lines []string
	for _, fault := range f.list {
		if fault.line == 0 {
			lines = append(lines, f.path+": "+fault.text)
		} else {
			lines = append(lines, fmt.Sprintf("%s:%d: %s", f.path, fault.line, fault.text))
		}
	}
	return lines
}

// Error implements error.
func (f *Faults) Error() string { return strings.Join(f.Lines(), "\n") }

// didYouMean returns a suggestion to append to a fault about an unknown word: the known
// word that is nearly the same. It is empty if there is none.
func didYouMean(word string, known []string) string {
	best, least := "", 3
	for _, k := range known {
		if d := distance(strings.ToLower(word), k); d < least {
			best, least = k, d
		}
	}
	if best == "" || least >= len(best) {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", best)
}

// distance returns how many letters must be inserted, removed, replaced or exchanged with
// their neighbour to turn one word into another (optimal string alignment).
func distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			replace := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, replace)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
