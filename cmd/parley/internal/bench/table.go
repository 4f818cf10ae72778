package bench

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

// Table writes a result's medians: Parley's with how far the runs were apart,
// the other's, their ratio, and what it should be; and, where there is an
// earlier report with the same scenario, how Parley's have changed.
func Table(w io.Writer, r Result, goals []Goal, earlier *Report) error {
	var text bytes.Buffer
	out := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	head := "\tparley\t±\t"
	if r.BesideName != "" {
		head += r.BesideName + "\tratio\t"
	}
	head += "goal\t\t"
	var before Result
	if earlier != nil {
		before, _ = earlier.find(r.Name)
		head += "before\tchange\t"
	}
	fmt.Fprintln(&text, r.Name)
	fmt.Fprintln(out, head)
	for _, name := range names(r.Parley, r.Beside) {
		line := row(r, name, goals)
		if earlier != nil {
			line += change(r, before, name)
		}
		fmt.Fprintln(out, line)
	}
	fmt.Fprintln(out)
	_ = out.Flush() // a Buffer takes everything
	_, err := w.Write(lineEnds.ReplaceAll(text.Bytes(), []byte("\n")))
	return err
}

// lineEnds are the ends of lines, with what is empty before them.
var lineEnds = regexp.MustCompile(` *\n`)

func row(r Result, name string, goals []Goal) string {
	parley, spread, _ := middle(r.Parley, name)
	line := fmt.Sprintf("%s\t%s\t%.0f%%\t", name, number(parley), 100*spread)
	beside, _, ok := middle(r.Beside, name)
	switch {
	case r.BesideName == "":
	case !ok:
		line += "\t\t"
	default:
		line += fmt.Sprintf("%s\t%s\t", number(beside), ratio(parley, beside))
	}
	i := slices.IndexFunc(goals, func(g Goal) bool { return g.Figure == name && (g.Absolute || ok) })
	if i < 0 {
		return line + "\t\t"
	}
	verdict := "missed"
	if goals[i].met(parley, beside) {
		verdict = "met"
	}
	return line + goals[i].String() + "\t" + verdict + "\t"
}

// change compares with an earlier result of the same scenario.
func change(r, before Result, name string) string {
	now, _, _ := middle(r.Parley, name)
	was, _, ok := middle(before.Parley, name)
	if !ok || was == 0 {
		return "\t\t"
	}
	return fmt.Sprintf("%s\t%+.1f%%\t", number(was), 100*(now-was)/math.Abs(was))
}

func ratio(a, b float64) string {
	if a < 0 || b <= 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", a/b)
}

// number writes three digits or more, without an exponent.
func number(v float64) string {
	if size := math.Abs(v); size >= 100 || size == 0 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}
