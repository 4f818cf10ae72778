package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"parley/hub/agent/wire"
)

// ServeStreamer plays an agent that, once prompted, streams chunks of text at
// an even pace until its input ends. It speaks as much of the Agent Client
// Protocol as that takes. Each chunk has the mark of an event and the time when
// it was written.
func ServeStreamer(ctx context.Context, in io.Reader, out io.Writer, perSecond float64) error {
	ctx, cancel := context.WithCancel(ctx)
	s := &streamer{out: out, interval: time.Duration(float64(time.Second) / perSecond)}
	err := s.answer(ctx, in)
	cancel()
	s.streaming.Wait()
	return errors.Join(err, s.failed)
}

type streamer struct {
	out       io.Writer // takes each line whole
	interval  time.Duration
	streaming sync.WaitGroup
	failed    error // of what streams; read when it has ended
}

const streamerSession = "bench"

// answer answers requests until in ends. The answer to a prompt never comes:
// its turn goes on until then.
func (s *streamer) answer(ctx context.Context, in io.Reader) error {
	lines := wire.NewReader(in, 0)
	for prompted := false; ; {
		line, err := lines.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		m, err := wire.Parse(wire.Clean(line))
		switch {
		case err != nil || !m.IsRequest():
		case m.Method == "session/prompt":
			if !prompted {
				prompted = true
				s.streaming.Go(func() { s.failed = s.stream(ctx) })
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

// chunkText are a few words.
var chunkText = strings.Repeat("x", 40)

func (s *streamer) stream(ctx context.Context) error {
	beat, err := newBeat(s.interval)
	if err != nil {
		return err
	}
	defer beat.stop()
	for seq := uint64(0); ; {
		n, err := beat.wait()
		if err != nil {
			return err
		}
		for range n {
			if ctx.Err() != nil {
				return nil
			}
			seq++
			_, err := fmt.Fprintf(s.out, `{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":%q,"update":`+
				`{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"%s%d;%s"}}}}`+"\n",
				streamerSession, appendMark(nil, seq), time.Now().UnixNano(), chunkText)
			if err != nil {
				return err
			}
		}
	}
}
