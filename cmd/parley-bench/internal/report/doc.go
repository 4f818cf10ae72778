// Package report is what the bench reports: figures with their names and units,
// the goals they should meet, tables for a terminal, JSON files to compare with
// later, and drawings of how figures grow.
package report
