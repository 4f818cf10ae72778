// Package metrics serves what operators watch, in the text format of Prometheus: for each
// limit of the server what it has refused, and what is used of those that hold for the whole
// server.
package metrics
