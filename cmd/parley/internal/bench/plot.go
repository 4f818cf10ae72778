package bench

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Plot draws how figures grow: for each kind of scenario that was measured with
// several values of a setting, a drawing of each figure, as SVG. It returns the
// files that it has written.
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
			if err := os.WriteFile(path, c.svg(), 0o644); err != nil {
				return files, err
			}
			files = append(files, path)
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("nothing was measured with two values of a setting")
	}
	return files, nil
}

// swept finds the setting that has the most values.
func swept(results []Result) (setting string, ok bool) {
	values := map[string]map[float64]bool{}
	for _, r := range results {
		for name, value := range r.Settings {
			if v, ok := asNumber(value); ok {
				if values[name] == nil {
					values[name] = map[float64]bool{}
				}
				values[name][v] = true
			}
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

// asNumber reads a setting, which is a float64 once it was JSON.
func asNumber(value any) (float64, bool) {
	switch v := value.(type) {
	case float64:
		return v, true
	case int:
		return float64(v), true
	}
	return 0, false
}

func figuresIn(results []Result) []string {
	var runs []Figures
	for _, r := range results {
		runs = append(runs, r.Parley...)
	}
	return names(runs)
}

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

// linesOf makes a line of Parley and one of what stood beside it for results
// that differ in one setting alone.
func linesOf(results []Result, along, figure string) []line {
	var lines []line
	add := func(name string, x, y float64) {
		i := slices.IndexFunc(lines, func(l line) bool { return l.name == name })
		if i < 0 {
			i, lines = len(lines), append(lines, line{name: name})
		}
		lines[i].points = append(lines[i].points, point{x, y})
	}
	for _, r := range results {
		x, ok := asNumber(r.Settings[along])
		if !ok {
			continue
		}
		others := r.others(along)
		if y, _, ok := middle(r.Parley, figure); ok {
			add("parley"+others, x, y)
		}
		if y, _, ok := middle(r.Beside, figure); ok {
			add(r.BesideName+others, x, y)
		}
	}
	for _, l := range lines {
		slices.SortFunc(l.points, func(a, b point) int { return cmp.Compare(a.x, b.x) })
	}
	return lines
}

// others names the settings beside one.
func (r Result) others(than string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(r.Settings)) {
		if name != than {
			fmt.Fprintf(&b, " %s=%v", name, r.Settings[name])
		}
	}
	return b.String()
}
