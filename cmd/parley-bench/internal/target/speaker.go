package target

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"parley/cmd/parley-bench/internal/meter"
	"parley/cmd/parley-bench/internal/netio"
	"parley/protocol"
)

// parleySpeaker is a participant that sends chat messages.
type parleySpeaker struct {
	*netio.Socket
	overhead int // bytes of an event without its text
}

// newParleySpeaker sends a first message to measure the size of its event.
func newParleySpeaker(s *netio.Socket) (*parleySpeaker, error) {
	const text = "probe"
	isProbe := func(line []byte) bool { return isEvent(line) && bytes.Contains(line, []byte(`"text":"probe"`)) }
	line, err := ask(s, text, &protocol.Chat{Text: text}, isProbe)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return &parleySpeaker{Socket: s, overhead: len(line) - len(text)}, nil
}

// Next returns the events of the next message. It leaves out the answers to
// commands, which repeat the text and with it the mark.
func (s *parleySpeaker) Next() ([]byte, error) {
	message, err := s.Message()
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

// Command implements [Speaker].
func (s *parleySpeaker) Command(to []byte, seq uint64, size int) []byte {
	to = append(to, `{"id":"`...)
	to = strconv.AppendUint(to, seq, 10)
	to = append(to, `","type":"chat","payload":{"text":"`...)
	before := len(to)
	to = meter.AppendMark(to, seq)
	return append(pad(to, before+size-s.overhead), `"}}`...)
}

// ask sends a command and returns the first line that is wanted, which is valid
// until the next read.
func ask(s *netio.Socket, id string, c protocol.Command, wanted func(line []byte) bool) ([]byte, error) {
	b, err := protocol.EncodeRequest(protocol.Request{ID: id, Command: c})
	if err != nil {
		return nil, err
	}
	if err := s.Send(b); err != nil {
		return nil, err
	}
	for {
		message, err := s.Message()
		if err != nil {
			return nil, err
		}
		for line := range protocol.SplitLines(message) {
			if isError(line) {
				return nil, refusal(line)
			}
			if wanted(line) {
				return line, nil
			}
		}
	}
}

// isWelcome reports whether a line is a welcome. Like isOK and isError, it compares the
// beginning of the line, where the server encodes the type: decoding every line would
// cost more than the server itself.
func isWelcome(line []byte) bool { return bytes.HasPrefix(line, []byte(`{"type":"welcome"`)) }
func isOK(line []byte) bool      { return bytes.HasPrefix(line, []byte(`{"type":"ok"`)) }
func isError(line []byte) bool   { return bytes.HasPrefix(line, []byte(`{"type":"error"`)) }

// isEvent reports whether a line is an event: only events have a cursor directly
// after their type.
func isEvent(line []byte) bool {
	i := bytes.IndexByte(line, ',')
	return i >= 0 && bytes.HasPrefix(line[i:], []byte(`,"cursor":`))
}

// refusal returns the error that a line of type error reports.
func refusal(line []byte) error {
	var answer protocol.ErrorMessage
	if err := json.Unmarshal(line, &answer); err != nil {
		return err
	}
	e := answer.Error
	if e.Code == protocol.CodeRateLimited {
		return netio.ErrRateLimited
	}
	return fmt.Errorf("the server refused a command with %s: %s", e.Code, e.Message)
}
