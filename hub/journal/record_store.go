package journal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math/bits"
	"slices"
	"time"
)

var (
	errTruncated = errors.New("record is truncated")
	errChecksum  = errors.New("record does not match its CRC")
	castagnoli   = crc32.MakeTable(crc32.Castagnoli)
)

// AppendRecord appends a sealed record to b in its stored form: the length of the
// body, the body, and the body's CRC-32C (RFC 3720). The body is format ‖ session ‖
// number ‖ microseconds ‖ type ‖ public ‖ private. The length precedes each of the
// last three, and in RecordFormat2 the salt follows each part that is not empty.
// Lengths are unsigned varints; see [encoding/binary].
func AppendRecord(b []byte, r *Record) []byte {
	size := r.Size()
	b = slices.Grow(b, fieldSize(size)+crc32.Size)
	b = binary.AppendUvarint(b, uint64(size))
	b = r.appendBody(b)
	return binary.BigEndian.AppendUint32(b, crc32.Checksum(b[len(b)-size:], castagnoli))
}

func (r *Record) appendBody(b []byte) []byte {
	b = r.appendFixed(b)
	b = appendField(b, r.Type)
	b = r.appendPart(b, r.Public, &r.PublicSalt)
	return r.appendPart(b, r.Private, &r.PrivateSalt)
}

func (r *Record) appendPart(b, part []byte, salt *Salt) []byte {
	b = appendField(b, part)
	if r.isSalted(part) {
		b = append(b, salt[:]...)
	}
	return b
}

// isSalted reports whether part is stored with a salt.
func (r *Record) isSalted(part []byte) bool { return r.Format != RecordFormat1 && len(part) > 0 }

func appendField[T string | []byte](b []byte, field T) []byte {
	b = binary.AppendUvarint(b, uint64(len(field)))
	return append(b, field...)
}

// fixedSize is the number of bytes that appendFixed appends.
const fixedSize = 1 + 16 + 8 + 8

// Size returns the size of the record's stored body in bytes.
func (r *Record) Size() int {
	return fixedSize + fieldSize(len(r.Type)) + r.partSize(r.Public) + r.partSize(r.Private)
}

func (r *Record) partSize(part []byte) int {
	size := fieldSize(len(part))
	if r.isSalted(part) {
		size += len(Salt{})
	}
	return size
}

// fieldSize is the number of bytes that appendField appends for a field of n bytes.
func fieldSize(n int) int { return (bits.Len(uint(n)|1)+6)/7 + n }

// DecodeRecord decodes the first record in b, computes its hash on prev, and returns
// the rest of b. The record's byte slices are views into b. DecodeRecord never
// panics; an error means that b is damaged or of an unknown format.
func DecodeRecord(b []byte, prev Hash) (r Record, rest []byte, err error) {
	body, rest, err := takeBytes(b)
	if err != nil {
		return Record{}, nil, err
	}
	if len(rest) < 4 {
		return Record{}, nil, errTruncated
	}
	if binary.BigEndian.Uint32(rest) != crc32.Checksum(body, castagnoli) {
		return Record{}, nil, errChecksum
	}
	if r, err = decodeBody(body); err != nil {
		return Record{}, nil, err
	}
	r.Seal(prev)
	return r, rest[4:], nil
}

func decodeBody(b []byte) (Record, error) {
	if len(b) < fixedSize {
		return Record{}, errTruncated
	}
	r := Record{
		Format:  RecordFormat(b[0]),
		Session: SessionID(b[1:17]),
		Seq:     Seq(binary.BigEndian.Uint64(b[17:])),
		Time:    time.UnixMicro(int64(binary.BigEndian.Uint64(b[25:]))).UTC(),
	}
	if r.Format != RecordFormat1 && r.Format != RecordFormat2 {
		return Record{}, fmt.Errorf("record format %d is unknown", r.Format)
	}
	kind, b, err := takeBytes(b[fixedSize:])
	if err != nil {
		return Record{}, err
	}
	r.Type = string(kind)
	if r.Public, b, err = r.takePart(b, &r.PublicSalt); err != nil {
		return Record{}, err
	}
	if r.Private, b, err = r.takePart(b, &r.PrivateSalt); err != nil {
		return Record{}, err
	}
	if len(b) != 0 {
		return Record{}, fmt.Errorf("record has %d extra bytes", len(b))
	}
	return r, nil
}

func (r *Record) takePart(b []byte, salt *Salt) (part, rest []byte, err error) {
	if part, rest, err = takeBytes(b); err != nil || !r.isSalted(part) {
		return part, rest, err
	}
	if len(rest) < len(salt) {
		return nil, nil, errTruncated
	}
	copy(salt[:], rest)
	return part, rest[len(salt):], nil
}

func takeBytes(b []byte) (field, rest []byte, err error) {
	n, width := binary.Uvarint(b)
	if width <= 0 || n > uint64(len(b)-width) {
		return nil, nil, errTruncated
	}
	return b[width : width+int(n)], b[width+int(n):], nil
}
