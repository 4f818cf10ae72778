package bench

import (
	"bytes"
	"fmt"
	"html"
	"math"
	"slices"
)

// chart is a drawing of lines over a logarithmic axis. Its other axis begins at
// zero, so that a cost that does not grow is a level line.
type chart struct {
	title string
	x     string // what the horizontal axis is
	lines []line
}

type line struct {
	name   string
	points []point
}

type point struct{ x, y float64 }

// The drawing's measures, in pixels.
const (
	chartWidth, chartHeight = 720, 420
	chartLeft, chartTop     = 90, 50
	chartRight, chartBottom = chartWidth - 30, chartHeight - 50
	chartTicks              = 5
)

var chartColours = []string{"#2563eb", "#6b7280", "#dc2626", "#d97706", "#059669", "#7c3aed"}

func (c chart) svg() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+"\n", chartWidth, chartHeight)
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="white"/>`+"\n", chartWidth, chartHeight)
	text(&b, chartLeft, 22, "start", c.title)
	text(&b, chartRight, chartHeight-12, "end", c.x)
	c.axes(&b)
	for i, l := range c.lines {
		colour := chartColours[i%len(chartColours)]
		fmt.Fprintf(&b, `<g fill="none" stroke="%s" stroke-width="2"><polyline points="`, colour)
		for _, p := range l.points {
			fmt.Fprintf(&b, "%.1f,%.1f ", c.across(p.x), c.up(p.y))
		}
		b.WriteString(`"/>`)
		for _, p := range l.points {
			fmt.Fprintf(&b, `<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>`, c.across(p.x), c.up(p.y), colour)
		}
		fmt.Fprintf(&b, "</g>\n"+`<g fill="%s">`, colour)
		text(&b, chartLeft+8, float64(chartTop+14+16*i), "start", l.name)
		b.WriteString("</g>\n")
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// axes draws a line for each of some values, and a mark at each place where
// something was measured.
func (c chart) axes(b *bytes.Buffer) {
	step := tick(c.highest())
	for v := 0.0; v <= c.highest()+step/2; v += step {
		fmt.Fprintf(b, `<path d="M%d %.1fH%d" stroke="#e5e7eb"/>`, chartLeft, c.up(v), chartRight)
		text(b, chartLeft-8, c.up(v)+4, "end", number(v))
	}
	var at []float64
	for _, l := range c.lines {
		for _, p := range l.points {
			at = append(at, p.x)
		}
	}
	slices.Sort(at)
	for _, x := range slices.Compact(at) {
		text(b, c.across(x), chartBottom+18, "middle", fmt.Sprintf("%.7g", x))
	}
	b.WriteByte('\n')
}

func text(b *bytes.Buffer, x, y float64, anchor, s string) {
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="%s">%s</text>`, x, y, anchor, html.EscapeString(s))
}

// highest is what the vertical axis goes up to.
func (c chart) highest() float64 {
	most := 0.0
	for _, l := range c.lines {
		for _, p := range l.points {
			most = max(most, p.y)
		}
	}
	step := tick(most)
	return step * math.Ceil(most/step)
}

// tick is 1, 2 or 5 times a power of ten, for some ticks up to a value.
func tick(most float64) float64 {
	if most <= 0 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(most/chartTicks)))
	for _, times := range []float64{1, 2, 5} {
		if most/(times*power) <= chartTicks {
			return times * power
		}
	}
	return 10 * power
}

func (c chart) across(x float64) float64 {
	least, most := math.Inf(1), math.Inf(-1)
	for _, l := range c.lines {
		for _, p := range l.points {
			least, most = min(least, p.x), max(most, p.x)
		}
	}
	if least <= 0 || least == most {
		return chartLeft
	}
	return chartLeft + (chartRight-chartLeft)*math.Log(x/least)/math.Log(most/least)
}

func (c chart) up(y float64) float64 {
	return chartBottom - (chartBottom-chartTop)*y/c.highest()
}
