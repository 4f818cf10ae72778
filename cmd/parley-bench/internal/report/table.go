package report

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"text/tabwriter"
)

// WriteTable writes the medians of a result: those of Parley with their spread, those of the
// baseline, the ratio of both, and whether it meets its goal. If an earlier report, which
// may be nil, has the same scenario, it adds how the medians of Parley have changed.
func WriteTable(w io.Writer, r Result, goals []Goal, earlier *Report) error {
	var text bytes.Buffer
	out := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	head := "\tparley\t±\t"
	if r.BaselineName != "" {
		head += r.BaselineName + "\tratio\t"
	}
	head += "goal\t\t"
	var before Result
	if earlier != nil {
		before, _ = earlier.find(r.Name)
		head += "before\tchange\t"
	}
	fmt.Fprintln(&text, r.Name)
	fmt.Fprintln(out, head)
	for _, name := range names(r.Parley, r.Baseline) {
		line := row(r, name, goals)
		if earlier != nil {
			line += change(r, before, name)
		}
		fmt.Fprintln(out, line)
	}
	fmt.Fprintln(out)
	_ = out.Flush() // a Buffer never fails
	_, err := w.Write(lineEnds.ReplaceAll(text.Bytes(), []byte("\n")))
	return err
}

// lineEnds matches the ends of lines with the spaces before them.
var lineEnds = regexp.MustCompile(` *\n`)

// row returns the columns of a figure, up to the verdict on its goal.
func row(r Result, name string, goals []Goal) string {
	parley, spread, _ := medianOf(r.Parley, name)
	line := fmt.Sprintf("%s\t%s\t%.0f%%\t", name, number(parley), 100*spread)
	baseline, _, ok := medianOf(r.Baseline, name)
	switch {
	case r.BaselineName == "":
	case !ok:
		line += "\t\t"
	default:
		line += fmt.Sprintf("%s\t%s\t", number(baseline), ratio(parley, baseline))
	}
	i := slices.IndexFunc(goals, func(g Goal) bool { return g.Figure == name && (g.Absolute || ok) })
	if i < 0 {
		return line + "\t\t"
	}
	verdict := "missed"
	if goals[i].met(parley, baseline) {
		verdict = "met"
	}
	return line + goals[i].String() + "\t" + verdict + "\t"
}

// change returns the columns that compare with an earlier result of the scenario.
func change(r, before Result, name string) string {
	now, _, _ := medianOf(r.Parley, name)
	was, _, ok := medianOf(before.Parley, name)
	if !ok || was == 0 {
		return "\t\t"
	}
	return fmt.Sprintf("%s\t%+.1f%%\t", number(was), 100*(now-was)/math.Abs(was))
}

// ratio returns a/b as text, or an empty string if it is meaningless.
func ratio(a, b float64) string {
	if a < 0 || b <= 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", a/b)
}

// number formats a value with at least three digits and without an exponent.
func number(v float64) string {
	if size := math.Abs(v); size >= 100 || size == 0 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}
