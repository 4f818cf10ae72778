package report

import (
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// sample returns a result with the given number of participants.
func sample(people int, deliveries ...float64) Result {
	r := NewResult("fanout", []Setting{Text("transport", "ws"), Number("people", people)}, "raw")
	for _, v := range deliveries {
		r.Parley = append(r.Parley, Figures{DeliveriesPerS: v, StartMS: 3})
		r.Baseline = append(r.Baseline, Figures{DeliveriesPerS: v / 4})
	}
	return r
}

func TestTable_shows_medians_goals_and_what_has_changed(t *testing.T) {
	earlier := Report{Results: []Result{sample(100, 4000)}}
	var b strings.Builder
	goals := []Goal{{Figure: DeliveriesPerS, AtLeast: 6}, {Figure: StartMS, AtMost: 5, Absolute: true}}
	require.NoError(t, WriteTable(&b, sample(100, 2000, 9000, 5000), goals, &earlier))
	require.Equal(t, `fanout transport=ws people=100
                parley    ±   raw  ratio   goal          before  change
  deliveries/s    5000  70%  1250   4.00  ≥ 6 ×  missed    4000  +25.0%
      start ms       3   0%                 ≤ 5     met       3   +0.0%

`, b.String())
}

func TestTable_of_a_goal_with_an_allowance(t *testing.T) {
	for parley, verdict := range map[float64]string{3500: "met", 3501: "missed"} {
		r := Result{Name: "x", BaselineName: "raw", Parley: []Figures{{P50: parley}}, Baseline: []Figures{{P50: 1500}}}
		var b strings.Builder
		require.NoError(t, WriteTable(&b, r, []Goal{{Figure: P50, AtMost: 1, Plus: 2000}}, nil))
		require.Contains(t, b.String(), "≤ 1 × + 2000  "+verdict)
	}
}

func TestTable_of_a_server_without_another_beside_it(t *testing.T) {
	r := sample(100, 2000, 4000)
	r.BaselineName, r.Baseline = "", nil
	var b strings.Builder
	require.NoError(t, WriteTable(&b, r, []Goal{{Figure: DeliveriesPerS, AtLeast: 6}}, nil))
	require.Equal(t, `fanout transport=ws people=100
                parley    ±  goal
  deliveries/s    3000  33%
      start ms       3   0%

`, b.String())
}

func TestReport_is_loaded_as_it_was_saved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bench.json")
	r := New(2, false)
	r.Results = []Result{sample(10, 1, 2, 3)}
	require.NoError(t, r.Save(path))
	got, err := Load(path)
	require.NoError(t, err)
	require.Equal(t, r, got)

	r.Version++
	require.NoError(t, r.Save(path))
	_, err = Load(path)
	require.ErrorContains(t, err, "has version 2, not 1")
}

func TestPlot_draws_figures_over_a_setting_with_several_values(t *testing.T) {
	dir := t.TempDir()
	r := Report{Results: []Result{sample(10, 1000), sample(1000, 800), sample(100, 900), {Kind: "churn", Parley: []Figures{{P50: 1}}}}}
	files, err := Plot(r, dir)
	require.NoError(t, err)
	require.Equal(t, []string{filepath.Join(dir, "fanout-deliveries-s.svg"), filepath.Join(dir, "fanout-start-ms.svg")}, files)
	drawing, err := os.ReadFile(files[0])
	require.NoError(t, err)
	require.Contains(t, string(drawing), "parley transport=ws")
	require.Contains(t, string(drawing), "raw transport=ws")
	requireXML(t, string(drawing))

	_, err = Plot(Report{Results: r.Results[:1]}, dir)
	require.ErrorContains(t, err, "no scenario was measured with two values")
}

func TestPlot_draws_figures_that_are_constant_zero_or_negative(t *testing.T) {
	few, many := sample(0, 1000), sample(1000, 0)
	few.Parley[0][P50Beyond], few.Parley[0][KeptUp] = -3, 0
	many.Parley[0][KeptUp] = 0
	files, err := Plot(Report{Results: []Result{few, many}}, t.TempDir())
	require.NoError(t, err)
	require.Len(t, files, 4)
	for _, file := range files {
		drawing, err := os.ReadFile(file)
		require.NoError(t, err)
		requireXML(t, string(drawing))
		require.NotContains(t, string(drawing), "NaN")
	}
}

func requireXML(t *testing.T, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else {
			require.NoError(t, err)
		}
	}
}
