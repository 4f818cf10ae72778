// Package shared is the state machine of a shared session: its participants and
// their rights, the prompts that they propose and approve, the agent's permission
// requests, and their messages. [State] implements [rules.State].
//
// Messages, finished prompts and guests who have left are in the journal alone. A decision
// that needs a guest who has left returns an [AbsentError]; the runtime looks the guest up
// and decides again. A decision about a finished prompt returns an [EndedPrompt], which the
// runtime completes.
//
// Parts of the state that hold together and need nothing else of it are packages of their own:
// the participants and restricted users in package people, the open questions in package
// questions, and the commands that may be repeated in package commands. Package brief makes
// the short forms for welcomes.
//
// Every list and map of a state is bounded: by a setting, or by a constant of this package or
// of one of those.
package shared
