// Package fakemodel is a model endpoint on loopback for tests of real agents. It speaks the
// four interfaces that agents use, with streaming and tool calls: OpenAI's chat completions
// and responses, Anthropic's messages, and Gemini's generateContent.
//
// The endpoint has no state but the log of its requests, see [Server.Requests]. What it
// answers follows from the request alone, so that a conversation goes on after an agent or
// a server was killed: the last message of the user that has instructions is its script, or
// the last such part of it, since agents join a prompt without an answer with the next one.
// Each line with one of these beginnings is an instruction:
//
//	THINK: text       thinks
//	SAY: text         says the text
//	CALL: tool {...}  calls a tool with arguments
//	STALL             says nothing more, until the client closes the connection
//
// An answer ends after a CALL; the request with the tool's result is answered with the
// instructions that follow. After the last one, and where no message has instructions, the
// model says [Done].
package fakemodel
