// Package machine measures processes and controls where they run: cores, processor time,
// memory, open files and timers. On systems other than Linux it pins nothing, and cannot
// measure what a process has used.
package machine
