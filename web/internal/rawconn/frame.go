package rawconn

import "encoding/binary"

// The parts of RFC 6455, section 5.2, that a server's frames need. A server does not
// mask, so that one frame can be sent to every client.
const (
	final   = 0x80 // the bit of a frame that ends its message
	opText  = 0x1
	opClose = 0x8
	opPing  = 0x9
	opPong  = 0xa

	maxControlPayload = 125
)

// MaxHeader is the most bytes that [AppendTextHeader] appends.
const MaxHeader = 10

// AppendTextHeader appends the header of a text message that has size bytes and
// stands in one frame.
func AppendTextHeader(b []byte, size int) []byte {
	b = append(b, final|opText)
	switch {
	case size <= 125:
		return append(b, byte(size))
	case size < 1<<16:
		return binary.BigEndian.AppendUint16(append(b, 126), uint16(size))
	}
	return binary.BigEndian.AppendUint64(append(b, 127), uint64(size))
}

// controlFrame returns a control frame with a payload of at most maxControlPayload
// bytes.
func controlFrame(opcode byte, payload []byte) []byte {
	return append([]byte{final | opcode, byte(len(payload))}, payload...)
}
