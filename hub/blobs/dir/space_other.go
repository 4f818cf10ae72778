//go:build !linux && !darwin

package dir

import "math"

// space reports that there is room; writing fails if there is not.
func space(string) (free, size int64, err error) { return math.MaxInt64, math.MaxInt64, nil }
