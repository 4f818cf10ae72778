package bench

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync/atomic"
	"time"
)

// rawTarget is raw, in a process of its own.
type rawTarget struct {
	*child
	remove func() // removes its data, if any
	rooms  atomic.Int64
}

func startRaw(ctx context.Context, l Lab, durable bool) (*rawTarget, error) {
	t := &rawTarget{remove: func() {}}
	args := []string{"bench", "raw"}
	if durable {
		dir, remove, err := newDirectory()
		if err != nil {
			return nil, err
		}
		t.remove = remove
		args = append(args, "--data", dir)
	}
	var err error
	if t.child, err = startChild(ctx, l, args...); err != nil {
		t.remove()
		return nil, err
	}
	return t, nil
}

func (t *rawTarget) stop() error {
	defer t.remove()
	return t.child.stop()
}

func (t *rawTarget) room(context.Context) (room, error) {
	return rawEntrance{t.url, fmt.Sprintf("/%d", t.rooms.Add(1))}, nil
}

// rawEntrance is where one of raw's rooms is.
type rawEntrance struct {
	server *url.URL
	path   string
}

func (r rawEntrance) listen(ctx context.Context, t Transport, bufferBytes int) (stream, error) {
	if t == SSE {
		return openEvents(ctx, endpoint{r.server, r.path + "/stream", nil}, bufferBytes)
	}
	return r.join(ctx, bufferBytes)
}

// join waits for the first event too.
func (r rawEntrance) join(ctx context.Context, bufferBytes int) (*socket, error) {
	s, err := dialSocket(ctx, r.server, r.path+"/ws", bufferBytes)
	if err != nil {
		return nil, err
	}
	if err = s.send(rawJoin); err == nil {
		_, err = s.message()
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

var rawJoin = []byte(`{"type":"join"}`)

func (r rawEntrance) talk(ctx context.Context) (speaker, error) {
	s, err := r.join(ctx, 64<<10)
	if err != nil {
		return nil, err
	}
	return rawSpeaker{s}, nil
}

func (r rawEntrance) visit(ctx context.Context) (first time.Time, err error) {
	s, err := r.join(ctx, 4<<10)
	if err != nil {
		return first, err
	}
	return time.Now(), s.Close()
}

type rawSpeaker struct{ *socket }

func (rawSpeaker) command(to []byte, seq uint64, size int) []byte {
	before := len(to)
	to = append(to, `{"type":"chat","payload":"`...)
	to = appendMark(to, seq)
	return append(pad(to, before+size-2), `"}`...)
}
