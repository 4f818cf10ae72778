package bench

import (
	"fmt"
	"io"
	"strings"
	"time"

	"parley/hub/agent/wire"
)

// ServeStreamer plays an agent that, once prompted, streams chunks of text at
// an even pace until its input ends. It speaks as much of the Agent Client
// Protocol as that takes. Each chunk has the mark of an event and the time when
// it was written.
func ServeStreamer(in io.Reader, out io.Writer, perSecond float64) error {
	ended := make(chan error, 2) // from answering and from streaming
	prompted := make(chan struct{}, 1)
	go func() { ended <- answerRequests(in, out, prompted) }() // ends with in
	go func() {                                                // ends with the process
		<-prompted
		ended <- streamChunks(out, time.Duration(float64(time.Second)/perSecond))
	}()
	return <-ended
}

const streamerSession = "bench"

// answerRequests answers until in ends. The answer to a prompt never comes: the
// turn goes on until the agent is ended.
func answerRequests(in io.Reader, out io.Writer, prompted chan<- struct{}) error {
	lines := wire.NewReader(in, 0)
	for {
		line, err := lines.Next()
		if err != nil {
			return nil
		}
		m, err := wire.Parse(wire.Clean(line))
		if err != nil || !m.IsRequest() {
			continue
		}
		if m.Method == "session/prompt" {
			select {
			case prompted <- struct{}{}:
			default: // it streams already
			}
			continue
		}
		reply, err := wire.Result(m.ID, object{"protocolVersion": 1, "sessionId": streamerSession})
		if err != nil {
			return err
		}
		if _, err := out.Write(reply); err != nil {
			return err
		}
	}
}

// chunkText are a few words.
var chunkText = strings.Repeat("x", 40)

func streamChunks(out io.Writer, interval time.Duration) error {
	beat, err := newBeat(interval)
	if err != nil {
		return err
	}
	defer beat.stop()
	var seq uint64
	for {
		n, err := beat.wait()
		if err != nil {
			return err
		}
		for range n {
			seq++
			_, err := fmt.Fprintf(out, `{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":%q,"update":`+
				`{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"%s%d;%s"}}}}`+"\n",
				streamerSession, appendMark(nil, seq), time.Now().UnixNano(), chunkText)
			if err != nil {
				return err
			}
		}
	}
}
