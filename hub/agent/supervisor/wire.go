package supervisor

import (
	"syscall"

	"parley/hub/agent/isolate"
)

// A process and its supervisor communicate over a socket. The process writes an order,
// as a line of JSON, and then commands, as single bytes. The supervisor writes two
// reports, each as a line of JSON.

// order is the command to run. Strings of the operating system need not be UTF-8, so
// they are encoded as bytes.
type order struct {
	Path   []byte
	Args   [][]byte
	Env    [][]byte
	Dir    []byte
	Cgroup string // to start the command in; empty for none

	Isolation *isolate.Plan `json:",omitempty"` // of the command; nil for none
}

// The commands that may follow an order.
const (
	cmdTerminate = 't' // send SIGTERM to the command's process group
	cmdKill      = 'k' // kill the whole tree
)

// report is the outcome of an order: the first report has Started or Failed, and the
// second has Ended.
type report struct {
	Started bool   `json:",omitempty"`
	Failed  string `json:",omitempty"` // why the command was not started
	Errno   int    `json:",omitempty"` // the system's error behind Failed; 0 for none
	Ended   *End   `json:",omitempty"`
}

// CommandError reports that the system refused to run a command. It wraps the system's
// error, such as ENOEXEC or EACCES.
type CommandError struct {
	text  string
	errno syscall.Errno // 0 for none
}

// Error returns the reason.
func (e *CommandError) Error() string { return e.text }

// Unwrap returns the system's error, or nil.
func (e *CommandError) Unwrap() error {
	if e.errno == 0 {
		return nil
	}
	return e.errno
}

// End describes how a command ended.
type End struct {
	Code   *int   `json:",omitempty"` // exit code; nil if a signal ended the command
	Signal string `json:",omitempty"` // the signal's description, such as "killed"; empty if none
	Left   int    `json:",omitempty"` // number of processes that could not be killed
	Lost   bool   `json:",omitempty"` // the supervisor was killed, so that Code and Signal are unknown
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
