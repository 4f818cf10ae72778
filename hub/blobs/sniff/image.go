package sniff

import (
	"bytes"
	"encoding/binary"
	"image"
	_ "image/gif"  // for DecodeConfig
	_ "image/jpeg" // for DecodeConfig
	_ "image/png"  // for DecodeConfig
)

// Dimensions returns the size of an image in pixels; zeros if it is unknown. head is the
// beginning of the file.
func Dimensions(head []byte) (width, height int) {
	if config, _, err := image.DecodeConfig(bytes.NewReader(head)); err == nil {
		return config.Width, config.Height
	}
	return webp(head)
}

// webp returns the size of a WebP image, by RFC 9649, sections 2.4 to 2.7.
func webp(head []byte) (width, height int) {
	const first = 20 // where the first chunk's content begins
	if len(head) < first+10 || string(head[:4]) != "RIFF" || string(head[8:12]) != "WEBP" {
		return 0, 0
	}
	chunk := head[first:]
	switch string(head[12:16]) {
	case "VP8X":
		return 1 + int(chunk[4]) + int(chunk[5])<<8 + int(chunk[6])<<16, 1 + int(chunk[7]) + int(chunk[8])<<8 + int(chunk[9])<<16
	case "VP8L":
		bits := binary.LittleEndian.Uint32(chunk[1:])
		return 1 + int(bits&0x3fff), 1 + int(bits>>14&0x3fff)
	case "VP8 ":
		return int(binary.LittleEndian.Uint16(chunk[6:]) & 0x3fff), int(binary.LittleEndian.Uint16(chunk[8:]) & 0x3fff)
	}
	return 0, 0
}
