//go:build !race

package journaltest

// raceEnabled makes the suite do less under the race detector.
const raceEnabled = false
