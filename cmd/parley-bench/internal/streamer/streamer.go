package streamer

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"parley/cmd/parley-bench/internal/meter"
	"parley/hub/agent/wire"
)

// Serve is the agent process: it passes in and out to the pool that listens at path,
// and returns when the pool closes the connection.
func Serve(path string, in, out *os.File) error {
	conn, err := handOver(path, in, out)
	if err != nil {
		return err
	}
	defer conn.Close()
	err = errors.Join(in.Close(), out.Close())
	_, _ = io.Copy(io.Discard, conn) // only the end of the connection arrives
	return err
}

// streamer is one agent. From its first prompt on it streams chunks of text at an even
// pace. It implements only the part of the Agent Client Protocol that this requires.
type streamer struct {
	in, out *os.File
	due     int64  // time of the next chunk
	seq     uint64 // of the last chunk
	line    []byte // the next chunk; reused
}

const sessionID = "bench"

// result is the answer to every request, with what initialize and session/new need.
type result struct {
	ProtocolVersion int    `json:"protocolVersion"`
	SessionID       string `json:"sessionId"`
}

// answer answers requests until the input ends. It never answers a prompt: the turn
// lasts until then. It calls prompted at the first one.
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
			reply, err := wire.Result(m.ID, result{ProtocolVersion: 1, SessionID: sessionID})
			if err != nil {
				return err
			}
			if _, err := s.out.Write(reply); err != nil {
				return err
			}
		}
	}
}

const chunkHead = `{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"` + sessionID + `","update":` +
	`{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"`

// chunkTail is the end of a chunk, with some text.
var chunkTail = ";" + strings.Repeat("x", 40) + `"}}}}` + "\n"

// stream writes the chunks that are due by now. Each has a mark and the time when it
// was due. A chunk for which the pipe has no room is left for the next call, and
// counts as late.
func (s *streamer) stream(now, interval int64) error {
	for s.due <= now {
		s.line = append(s.line[:0], chunkHead...)
		s.line = meter.AppendMark(s.line, s.seq+1)
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
