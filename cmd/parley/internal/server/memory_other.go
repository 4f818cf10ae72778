//go:build !linux

package server

import "math"

// systemMemoryLimit returns math.MaxInt64: the system has no limit that is known.
func systemMemoryLimit() int64 { return math.MaxInt64 }
