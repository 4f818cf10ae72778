// Package questions holds a shared session's view of the agent's questions: the permission
// requests and elicitations that wait for an answer, the ids of those that were resolved, and
// where the answers are that may be read again. [Questions] is a part of a session's state
// and is folded from the session's events.
//
// What people fill in may be secret. It reaches the agent by a message that is not stored,
// and the journal in the private part of the event, which no read of events returns. The
// state does not hold it: an [Answer] says in which event it is, for those who may see it.
//
// Package shared decides who may answer, and the host session accepts the first answer to a
// question, from whichever shared session it comes.
//
// Questions are for one goroutine at a time. Their methods are pure: tests need no fake.
package questions
