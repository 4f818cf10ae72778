// Package shared is the state machine of a shared session: its participants and
// their rights, the prompts that they propose and approve, the agent's permission
// requests, and their messages. [State] implements [rules.State].
//
// Messages, finished prompts and guests who have left are in the journal alone. A decision
// that needs a guest who has left returns an [AbsentError]; the runtime looks the guest up
// and decides again. A decision about a finished prompt returns an [EndedPrompt], which the
// runtime completes.
//
// Every list and map of a state is bounded: by a setting, or by a constant of this
// package.
package shared
