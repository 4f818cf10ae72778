package report

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gonum.org/v1/plot/plotter"
)

// Plot draws how figures grow: for each kind of scenario that was measured with
// several values of a setting, a drawing of each figure, as SVG. It creates dir if
// that is missing, and returns the files that it has written.
func Plot(r Report, dir string) (files []string, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	byKind := map[string][]Result{}
	for _, result := range r.Results {
		byKind[result.Kind] = append(byKind[result.Kind], result)
	}
	for _, kind := range slices.Sorted(maps.Keys(byKind)) {
		results := byKind[kind]
		along, ok := swept(results)
		if !ok {
			continue
		}
		for _, figure := range figuresIn(results) {
			c := chart{title: kind + ": " + figure, x: along, lines: linesOf(results, along, figure)}
			path := filepath.Join(dir, fileName(kind, figure))
			if err := c.save(path); err != nil {
				return files, err
			}
			files = append(files, path)
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no scenario was measured with two values of a setting")
	}
	return files, nil
}

// swept returns the numeric setting that has the most values; ok is false if none
// has two.
func swept(results []Result) (setting string, ok bool) {
	values := map[string]map[float64]bool{}
	for _, r := range results {
		for name, value := range r.Settings {
			if value.Text != "" {
				continue
			}
			if values[name] == nil {
				values[name] = map[float64]bool{}
			}
			values[name][value.Number] = true
		}
	}
	most := 1
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if len(values[name]) > most {
			setting, most = name, len(values[name])
		}
	}
	return setting, most > 1
}

// figuresIn returns the names of the figures of Parley.
func figuresIn(results []Result) []string {
	var runs []Figures
	for _, r := range results {
		runs = append(runs, r.Parley...)
	}
	return names(runs)
}

// fileName returns the name of the drawing of a figure.
func fileName(kind, figure string) string {
	plain := func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r == 'µ':
			return 'u'
		case r == '%':
			return -1
		}
		return '-'
	}
	return strings.Trim(strings.Map(plain, strings.ToLower(kind+"-"+figure)), "-") + ".svg"
}

// linesOf returns a line for Parley, and one for the baseline, for each group of results
// that differ in one setting only.
func linesOf(results []Result, along, figure string) []line {
	var lines []line
	add := func(name string, x, y float64) {
		i := slices.IndexFunc(lines, func(l line) bool { return l.name == name })
		if i < 0 {
			i, lines = len(lines), append(lines, line{name: name})
		}
		lines[i].points = append(lines[i].points, plotter.XY{X: x, Y: y})
	}
	for _, r := range results {
		setting, ok := r.Settings[along]
		if !ok || setting.Text != "" {
			continue
		}
		x := setting.Number
		others := r.others(along)
		if y, _, ok := medianOf(r.Parley, figure); ok {
			add("parley"+others, x, y)
		}
		if y, _, ok := medianOf(r.Baseline, figure); ok {
			add(r.BaselineName+others, x, y)
		}
	}
	for _, l := range lines {
		slices.SortFunc(l.points, func(a, b plotter.XY) int { return cmp.Compare(a.X, b.X) })
	}
	return lines
}

// others returns all settings but one, as text.
func (r Result) others(than string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(r.Settings)) {
		if name != than {
			fmt.Fprintf(&b, " %s=%s", name, r.Settings[name])
		}
	}
	return b.String()
}
