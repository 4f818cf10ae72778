//go:build race

package hubtest

// raceEnabled: the race detector makes everything slow, so the suite does less
// and measures nothing.
const raceEnabled = true
