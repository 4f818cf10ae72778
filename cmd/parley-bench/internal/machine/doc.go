// Package machine measures processes and controls where they run: cores,
// processor time, memory, open files and timers. On systems other than Linux
// nothing is pinned, and what a process has used is not known.
package machine
