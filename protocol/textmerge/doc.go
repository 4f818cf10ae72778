// Package textmerge joins neighbouring pieces of an agent's text, so that a text that was
// streamed in thousands of pieces is read as a few hundred events.
//
// Two host_session_update events can be joined if they are updates of the kind
// agent_message_chunk, agent_thought_chunk or user_message_chunk with a content of the type
// text, and their bytes are equal except for the cursor, the timestamp and the text. The
// joined event has the cursor and the timestamp of the last piece, so a client that resumes
// from it misses nothing and receives nothing twice.
//
// The package keeps no state, and its functions do not block. The inputs are encoded events
// of package protocol.
package textmerge
