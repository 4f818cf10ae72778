// Package report contains the results of the bench: figures with their names and units,
// their goals, tables for a terminal, JSON files for later comparisons, and drawings of how
// figures grow.
package report
