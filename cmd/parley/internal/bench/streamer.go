package bench

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"parley/hub/agent/wire"
)

// ServeStreamer is a process that the server takes for an agent. Its input and
// output go to the bench, which listens at path and speaks for it: hundreds of
// processes that wake up for every chunk would cost more than the server. It
// returns when the bench lets it go.
func ServeStreamer(path string, in, out *os.File) error {
	conn, err := handOver(path, in, out)
	if err != nil {
		return err
	}
	defer conn.Close()
	err = errors.Join(in.Close(), out.Close())
	_, _ = io.Copy(io.Discard, conn) // nothing comes but the end
	return err
}

// streamer is one agent. Once prompted it streams chunks of text at an even
// pace. It speaks as much of the Agent Client Protocol as that takes.
type streamer struct {
	in, out *os.File
	due     int64  // when the next chunk is
	seq     uint64 // of the last chunk
	line    []byte // the next chunk, made anew for each
}

const streamerSession = "bench"

// answer answers requests until the input ends. The answer to a prompt never
// comes: its turn goes on until then.
func (s *streamer) answer(prompted func()) error {
	lines := wire.NewReader(s.in, 0)
	for begun := false; ; {
		line, err := lines.Next()
		if err != nil {
			return err
		}
		m, err := wire.Parse(wire.Clean(line))
		switch {
		case err != nil || !m.IsRequest():
		case m.Method == "session/prompt":
			if !begun {
				begun = true
				prompted()
			}
		default:
			reply, err := wire.Result(m.ID, object{"protocolVersion": 1, "sessionId": streamerSession})
			if err != nil {
				return err
			}
			if _, err := s.out.Write(reply); err != nil {
				return err
			}
		}
	}
}

const chunkHead = `{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"` + streamerSession + `","update":` +
	`{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"`

// chunkTail is a few words.
var chunkTail = ";" + strings.Repeat("x", 40) + `"}}}}` + "\n"

// stream writes the chunks that are due by now. Each has the mark of an event
// and the time when it was due. What the server does not take is left for the
// next time, and counts as late.
func (s *streamer) stream(now, interval int64) error {
	for s.due <= now {
		s.line = append(s.line[:0], chunkHead...)
		s.line = appendMark(s.line, s.seq+1)
		s.line = strconv.AppendInt(s.line, s.due, 10)
		s.line = append(s.line, chunkTail...)
		written, err := writeNow(s.out, s.line)
		if err != nil {
			return fmt.Errorf("stream: %w", err)
		}
		if !written {
			return nil
		}
		s.seq++
		s.due += interval
	}
	return nil
}

func (s *streamer) close() error { return errors.Join(s.in.Close(), s.out.Close()) }
