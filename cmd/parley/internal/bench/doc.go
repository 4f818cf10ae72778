// Package bench puts load on a server and measures what it costs.
package bench
