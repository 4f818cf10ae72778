package report

import "fmt"

// Goal is a bound for a figure of Parley: a multiple of the figure of the baseline or, if
// Absolute, a value.
type Goal struct {
	Figure          string
	AtLeast, AtMost float64 // one of them is set
	Plus            float64 // added to the multiple that AtMost allows, in the unit of the figure
	Absolute        bool
}

// met reports whether a median meets the goal.
func (g Goal) met(parley, baseline float64) bool {
	unit := baseline
	if g.Absolute {
		unit = 1
	}
	if g.AtLeast > 0 {
		return parley >= g.AtLeast*unit
	}
	return parley <= g.AtMost*unit+g.Plus
}

// String returns the bound as tables show it.
func (g Goal) String() string {
	sign, bound := "≤", g.AtMost
	if g.AtLeast > 0 {
		sign, bound = "≥", g.AtLeast
	}
	if g.Absolute {
		return fmt.Sprintf("%s %.6g", sign, bound)
	}
	if g.Plus > 0 {
		return fmt.Sprintf("%s %.3g × + %.6g", sign, bound, g.Plus)
	}
	return fmt.Sprintf("%s %.3g ×", sign, bound)
}
