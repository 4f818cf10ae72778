package supervisor

import "syscall"

// Between a process and its supervisor there is a socket. The process writes one
// order as a line of JSON, later single bytes; the supervisor writes one news for
// each of its two outcomes, each a line of JSON.

// order is what to run. Strings of the operating system need not be UTF-8, so
// they travel as bytes.
type order struct {
	Path   []byte
	Args   [][]byte
	Env    [][]byte
	Dir    []byte
	Cgroup string // to start the command in; empty for none
}

// Bytes that follow an order.
const (
	sayTerminate = 't' // send SIGTERM to the command's process group
	sayKill      = 'k' // kill the whole tree
)

// news is what became of an order: first Started or Failed, then Ended.
type news struct {
	Started bool   `json:",omitempty"`
	Failed  string `json:",omitempty"`
	// Errno is the system's error behind Failed; 0 where there is none.
	Errno int  `json:",omitempty"`
	Ended *End `json:",omitempty"`
}

// CommandError says in words why the system does not run a command. It wraps the
// system's error, such as ENOEXEC or EACCES.
type CommandError struct {
	text  string
	errno syscall.Errno // 0 where there is none
}

func (e *CommandError) Error() string { return e.text }

// Unwrap returns the system's error, or nil.
func (e *CommandError) Unwrap() error {
	if e.errno == 0 {
		return nil
	}
	return e.errno
}

// End is how a command ended.
type End struct {
	Code   *int   `json:",omitempty"` // of the exit; nil when a signal ended it
	Signal string `json:",omitempty"` // its name, such as "killed"
	Left   int    `json:",omitempty"` // processes that could not be killed
	// Lost says that the supervisor was killed, and so cannot tell.
	Lost bool `json:",omitempty"`
}

func bytesOf(all []string) [][]byte {
	list := make([][]byte, len(all))
	for i, s := range all {
		list[i] = []byte(s)
	}
	return list
}

func stringsOf(all [][]byte) []string {
	list := make([]string, len(all))
	for i, b := range all {
		list[i] = string(b)
	}
	return list
}
