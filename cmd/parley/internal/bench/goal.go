package bench

import "fmt"

// Goal is what a figure should be: as a ratio to that beside Parley, unless it
// is absolute.
type Goal struct {
	Figure          string
	AtLeast, AtMost float64 // one of them is set
	Plus            float64 // what AtMost allows beyond the ratio, in the figure's unit
	Absolute        bool
}

// met reports whether a median meets the goal.
func (g Goal) met(parley, beside float64) bool {
	unit := beside
	if g.Absolute {
		unit = 1
	}
	if g.AtLeast > 0 {
		return parley >= g.AtLeast*unit
	}
	return parley <= g.AtMost*unit+g.Plus
}

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
