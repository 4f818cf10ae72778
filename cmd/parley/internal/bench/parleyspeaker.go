package bench

import (
	"bytes"
	"context"
	"errors"
	"strconv"

	"parley/protocol"
)

// parleySpeaker is a participant who talks.
type parleySpeaker struct {
	*socket
	around int // bytes of an event beside its text
}

func (r *parleyRoom) talk(ctx context.Context) (speaker, error) {
	s, err := r.join(ctx, 64<<10, 0)
	if err != nil {
		return nil, err
	}
	const text = "probe"
	said := func(line []byte) bool { return isEvent(line) && bytes.Contains(line, []byte(`"text":"probe"`)) }
	line, err := s.ask(text, &protocol.Chat{Text: text}, said)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return &parleySpeaker{socket: s, around: len(line) - len(text)}, nil
}

// read leaves answers out, which repeat what was said. It reads messages whole.
func (s *parleySpeaker) read() ([]byte, error) {
	message, err := s.message()
	if err != nil {
		return nil, err
	}
	events := message[:0]
	for line := range protocol.SplitLines(message) {
		switch {
		case isError(line):
			return nil, refusal(line)
		case !isOK(line):
			events = append(events, line...)
		}
	}
	return events, nil
}

func (s *parleySpeaker) command(to []byte, seq uint64, size int) []byte {
	to = append(to, `{"id":"`...)
	to = strconv.AppendUint(to, seq, 10)
	to = append(to, `","type":"chat","payload":{"text":"`...)
	before := len(to)
	to = appendMark(to, seq)
	return append(pad(to, before+size-s.around), `"}}`...)
}
