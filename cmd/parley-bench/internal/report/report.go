package report

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"time"
)

// reportVersion is the version of the JSON form of a Report.
const reportVersion = 1

// Report is the results of scenarios and the machine that they were measured on.
type Report struct {
	Version int       `json:"version"`
	Time    time.Time `json:"time"`
	Machine Machine   `json:"machine"`
	Results []Result  `json:"results"`
}

// Machine describes a machine as far as figures depend on it.
type Machine struct {
	OS     string `json:"os"`
	Arch   string `json:"arch"`
	Cores  int    `json:"cores"`
	Go     string `json:"go"`
	Pinned bool   `json:"pinned"` // whether the server and the load had one core each
}

// Result is the result of a scenario.
type Result struct {
	Kind         string           `json:"kind"`
	Name         string           `json:"name"` // the same for the same settings
	Settings     map[string]Value `json:"settings"`
	Parley       []Figures        `json:"parley"`               // one for each run
	BaselineName string           `json:"besideName,omitempty"` // name of the baseline; empty if there is none
	Baseline     []Figures        `json:"beside,omitempty"`
}

// New returns an empty report of this machine.
func New(cores int, pinned bool) Report {
	return Report{
		Version: reportVersion,
		Time:    time.Now().UTC().Truncate(time.Second),
		Machine: Machine{runtime.GOOS, runtime.GOARCH, cores, runtime.Version(), pinned},
	}
}

// Save writes the report to a file, as JSON.
func (r Report) Save(path string) error {
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(b, '\n'), 0o644)
}

// Load reads a report from a file that [Report.Save] has written.
func Load(path string) (Report, error) {
	var r Report
	b, err := os.ReadFile(path)
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(b, &r); err != nil {
		return r, fmt.Errorf("%s is not a report of parley-bench: %w", path, err)
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

// medianOf returns the median of a figure over runs, and half the distance between
// its lowest and its highest value as a share of the median. ok is false if no run
// has the figure.
func medianOf(runs []Figures, name string) (median, spread float64, ok bool) {
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
