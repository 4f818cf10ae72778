//go:build race

package journaltest

// raceEnabled makes the suite do less and measure nothing, since the race detector
// slows everything down.
const raceEnabled = true
