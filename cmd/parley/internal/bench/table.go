package bench

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
)

// median of what the runs have measured under a name.
func median(runs []Figures, name string) (float64, bool) {
	var values []float64
	for _, f := range runs {
		if v, ok := f[name]; ok {
			values = append(values, v)
		}
	}
	if len(values) == 0 {
		return 0, false
	}
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2, true
}

// Table writes medians, Parley's beside raw's, with their ratio.
func Table(w io.Writer, r Result) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(out, "%s\tparley\traw\tratio\t\n", r.Scenario)
	names := map[string]bool{}
	for _, f := range slices.Concat(r.Parley, r.Raw) {
		for name := range f {
			names[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		parley, _ := median(r.Parley, name)
		raw, ok := median(r.Raw, name)
		ratio := ""
		if ok && raw != 0 {
			ratio = fmt.Sprintf("%.2f", parley/raw)
		}
		fmt.Fprintf(out, "%s\t%.4g\t%.4g\t%s\t\n", name, parley, raw, ratio)
	}
	return out.Flush()
}
