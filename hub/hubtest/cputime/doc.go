// Package cputime measures the processor time that benchmarks use, which varies less
// than the elapsed time on a busy machine.
package cputime
