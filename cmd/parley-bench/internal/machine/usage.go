package machine

import "time"

// Usage is what a process has used, without its children.
type Usage struct {
	CPU time.Duration // user and system time
	RSS int           // resident memory now, in bytes
}
