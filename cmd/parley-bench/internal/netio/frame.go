package netio

import (
	"bufio"
	"encoding/binary"
)

// Opcodes of RFC 6455, section 5.2.
const (
	OpText  = 1
	opClose = 8
	opPing  = 9
	opPong  = 10
)

// ReadFrameHeader reads the header of a frame up to its mask. A mask, if the frame
// has one, is still to be read.
func ReadFrameHeader(in *bufio.Reader) (opcode byte, fin bool, length int, err error) {
	b, err := in.Peek(2)
	if err != nil {
		return 0, false, 0, err
	}
	opcode, fin, length = b[0]&0x0f, b[0]&0x80 != 0, int(b[1]&0x7f)
	size := 2
	switch length {
	case 126:
		size = 4
	case 127:
		size = 10
	}
	if b, err = in.Peek(size); err != nil {
		return 0, false, 0, err
	}
	switch length {
	case 126:
		length = int(binary.BigEndian.Uint16(b[2:]))
	case 127:
		length = int(binary.BigEndian.Uint64(b[2:]))
	}
	_, err = in.Discard(size)
	return opcode, fin, length, err
}

// AppendFrame appends a frame. Clients must mask what they send; the mask is zeros, which
// leaves the payload unchanged.
func AppendFrame(to []byte, opcode byte, payload []byte, masked bool) []byte {
	var mask byte
	if masked {
		mask = 0x80
	}
	to = append(to, 0x80|opcode)
	switch n := len(payload); {
	case n < 126:
		to = append(to, mask|byte(n))
	case n < 1<<16:
		to = append(to, mask|126)
		to = binary.BigEndian.AppendUint16(to, uint16(n))
	default:
		to = append(to, mask|127)
		to = binary.BigEndian.AppendUint64(to, uint64(n))
	}
	if masked {
		to = append(to, 0, 0, 0, 0)
	}
	return append(to, payload...)
}
