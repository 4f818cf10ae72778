package supervisor

import "github.com/google/uuid"

// runVariable is an environment variable of a command and of all its descendants that
// do not remove it. Its value is the run that they belong to.
const runVariable = "PARLEY_AGENT_RUN"

// run identifies one run of a command.
type run string

func newRun() run { return run(uuid.NewString()) }

func (r run) variable() string { return runVariable + "=" + string(r) }
