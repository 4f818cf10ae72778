//go:build !linux

package main

import "math"

// systemMemoryLimit knows no limit of the system's.
func systemMemoryLimit() int64 { return math.MaxInt64 }
