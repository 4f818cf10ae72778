package bench

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"time"
)

// reportVersion is the form of a Report as JSON.
const reportVersion = 1

// Report is what a bench has measured, and on what.
type Report struct {
	Version int       `json:"version"`
	Time    time.Time `json:"time"`
	Machine Machine   `json:"machine"`
	Results []Result  `json:"results"`
}

// Machine is what figures depend on.
type Machine struct {
	OS     string `json:"os"`
	Arch   string `json:"arch"`
	Cores  int    `json:"cores"`
	Go     string `json:"go"`
	Pinned bool   `json:"pinned"` // the server to one core, the load to another
}

// Result is what a scenario has measured.
type Result struct {
	Kind       string         `json:"kind"`
	Name       string         `json:"name"` // the same for the same settings
	Settings   map[string]any `json:"settings"`
	Parley     []Figures      `json:"parley"`               // of each run
	BesideName string         `json:"besideName,omitempty"` // what stood beside it
	Beside     []Figures      `json:"beside,omitempty"`
}

func settingsMap(settings []Setting) map[string]any {
	m := make(map[string]any, len(settings))
	for _, s := range settings {
		m[s.Name] = s.Value
	}
	return m
}

// NewReport begins a report.
func NewReport(cores int, pins Pins) Report {
	return Report{
		Version: reportVersion,
		Time:    time.Now().UTC().Truncate(time.Second),
		Machine: Machine{runtime.GOOS, runtime.GOARCH, cores, runtime.Version(), pins.On()},
	}
}

// Save writes the report to a file.
func (r Report) Save(path string) error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(b, '\n'), 0o644)
}

// Load reads a report.
func Load(path string) (Report, error) {
	var r Report
	b, err := os.ReadFile(path)
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(b, &r); err != nil {
		return r, fmt.Errorf("%s is no report of parley bench: %w", path, err)
	}
	if r.Version != reportVersion {
		return r, fmt.Errorf("%s has version %d, not %d", path, r.Version, reportVersion)
	}
	return r, nil
}

// find returns the result of the same scenario.
func (r Report) find(name string) (Result, bool) {
	i := slices.IndexFunc(r.Results, func(one Result) bool { return one.Name == name })
	if i < 0 {
		return Result{}, false
	}
	return r.Results[i], true
}

// middle returns the median of what runs have measured under a name, and half
// the distance between the least and the most, as a share of it.
func middle(runs []Figures, name string) (median, spread float64, ok bool) {
	var values []float64
	for _, f := range runs {
		if v, ok := f[name]; ok {
			values = append(values, v)
		}
	}
	n := len(values)
	if n == 0 {
		return 0, 0, false
	}
	slices.Sort(values)
	median = (values[(n-1)/2] + values[n/2]) / 2
	if median != 0 {
		spread = (values[n-1] - values[0]) / 2 / math.Abs(median)
	}
	return median, spread, true
}
