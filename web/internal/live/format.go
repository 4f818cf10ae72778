package live

import (
	"slices"

	"parley/hub/feed"
	"parley/protocol/textmerge"
	"parley/web/internal/rawconn"
)

// webSocketFormat writes lines as one WebSocket message.
var webSocketFormat = &feed.Format{Append: appendMessage}

// appendMessage appends one text message with the lines.
func appendMessage(b []byte, lines []feed.Line) []byte {
	size := len(lines) - 1 // line ends
	for _, l := range lines {
		size += len(l.Bytes)
	}
	b = rawconn.AppendTextHeader(slices.Grow(b, size+rawconn.MaxHeader), size)
	for i, l := range lines {
		if i > 0 {
			b = append(b, '\n')
		}
		b = append(b, l.Bytes...)
	}
	return b
}

// mergedFormat is webSocketFormat with the pieces of streamed texts joined.
var mergedFormat = &feed.Format{Append: func(b []byte, lines []feed.Line) []byte {
	return appendMessage(b, merged(lines))
}}

// mergedStreamFormat is eventStreamFormat with the pieces of streamed texts joined.
var mergedStreamFormat = &feed.Format{Append: func(b []byte, lines []feed.Line) []byte {
	return appendEvents(b, merged(lines))
}}

func merged(lines []feed.Line) []feed.Line {
	return textmerge.Merge(lines, func(l feed.Line) []byte { return l.Bytes }, feed.Line.With)
}

// eventStreamFormat writes lines as server-sent events, as the HTML standard defines
// them.
var eventStreamFormat = &feed.Format{Append: appendEvents}

// appendEvents appends the events among the lines.
func appendEvents(b []byte, lines []feed.Line) []byte {
	const markup = len("id: \ndata: \n\n")
	size := 0
	for _, l := range lines {
		if l.Cursor != "" {
			size += markup + len(l.Cursor) + len(l.Bytes)
		}
	}
	b = slices.Grow(b, size)
	for _, l := range lines {
		if l.Cursor == "" {
			continue
		}
		b = append(append(b, "id: "...), l.Cursor...)
		if !l.Hidden { // an id alone is no event, but the client resumes from it
			b = append(append(b, "\ndata: "...), l.Bytes...)
		}
		b = append(b, "\n\n"...)
	}
	return b
}

// heartbeat is a comment of a stream. One follows the first event at once, so that a
// client can tell whether a proxy buffers the response.
const heartbeat = ": heartbeat\n\n"
