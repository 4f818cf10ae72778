package report

import (
	"image/color"
	"os"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// chart is a drawing of lines over a logarithmic axis. Its vertical axis begins at
// zero, so that a cost that does not grow is a horizontal line.
type chart struct {
	title string
	x     string // label of the horizontal axis
	lines []line
}

type line struct {
	name   string
	points plotter.XYs
}

// The measures of a chart. The margin is for labels of ticks at the ends of the axes.
const (
	chartWidth, chartHeight = 7.5 * vg.Inch, 4.4 * vg.Inch
	chartMargin             = 0.25 * vg.Inch
)

var chartColours = []color.RGBA{
	{0x25, 0x63, 0xeb, 0xff}, {0x6b, 0x72, 0x80, 0xff}, {0xdc, 0x26, 0x26, 0xff},
	{0xd9, 0x77, 0x06, 0xff}, {0x05, 0x96, 0x69, 0xff}, {0x7c, 0x3a, 0xed, 0xff},
}

// save draws the chart as SVG into a file.
func (c chart) save(path string) error {
	p := plot.New()
	p.Title.Text, p.X.Label.Text = c.title, c.x
	p.BackgroundColor = color.White
	p.Legend.Top, p.Legend.Left, p.Legend.Padding = true, true, vg.Points(3)
	p.X.Tick.Marker, p.Y.Tick.Marker = c.measured(), plot.TickerFunc(plainTicks)
	grid := plotter.NewGrid()
	grid.Vertical.Color = nil
	p.Add(grid)
	for i, l := range c.lines {
		drawn, points, err := plotter.NewLinePoints(l.points)
		if err != nil {
			return err
		}
		colour := chartColours[i%len(chartColours)]
		drawn.Color, drawn.Width = colour, vg.Points(2)
		points.Color, points.Shape, points.Radius = colour, draw.CircleGlyph{}, vg.Points(3)
		p.Add(drawn, points)
		p.Legend.Add(l.name, drawn, points)
	}
	if p.X.Min > 0 && p.X.Min < p.X.Max { // a logarithmic scale needs both
		p.X.Scale = plot.LogScale{}
	}
	p.Y.Min = min(0, p.Y.Min)
	if p.Y.Max <= p.Y.Min {
		p.Y.Max = p.Y.Min + 1
	}
	canvas := vgsvg.New(chartWidth, chartHeight)
	p.Draw(draw.Crop(draw.New(canvas), chartMargin, -chartMargin, chartMargin, -chartMargin))
	return writeTo(path, canvas)
}

// measured marks the places where something was measured.
func (c chart) measured() (ticks plot.ConstantTicks) {
	seen := map[float64]bool{}
	for _, l := range c.lines {
		for _, p := range l.points {
			if !seen[p.X] {
				seen[p.X] = true
				ticks = append(ticks, plot.Tick{Value: p.X, Label: strconv.FormatFloat(p.X, 'f', -1, 64)})
			}
		}
	}
	return ticks
}

// plainTicks are the default ones without exponents.
func plainTicks(lowest, highest float64) []plot.Tick {
	ticks := plot.DefaultTicks{}.Ticks(lowest, highest)
	for i, t := range ticks {
		if t.Label != "" {
			ticks[i].Label = number(t.Value)
		}
	}
	return ticks
}

func writeTo(path string, canvas *vgsvg.Canvas) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if _, err := canvas.WriteTo(f); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}
