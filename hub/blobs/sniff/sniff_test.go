package sniff

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func pngOf(t *testing.T, width, height int) []byte {
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))))
	return b.Bytes()
}

func TestType_believes_the_content_before_the_client(t *testing.T) {
	picture := pngOf(t, 3, 2)
	for name, tc := range map[string]struct {
		head           []byte
		declared, want string
	}{
		"an image":                            {picture, "image/png", "image/png"},
		"an image that is declared as a page": {picture, "text/html", "image/png"},
		"a page that is declared as an image": {[]byte("<!DOCTYPE html><script>"), "image/png", "text/html"},
		"a page that is declared as text":     {[]byte("<html>"), "text/plain", "text/html"},
		"a drawing":                           {[]byte(`<?xml version="1.0"?><svg>`), "image/svg+xml", "image/svg+xml"},
		"text that is declared as an image":   {[]byte("hello"), "image/jpeg", "text/plain"},
		"text that is declared as audio":      {[]byte("hello"), "audio/mpeg", "text/plain"},
		"bytes that are declared as audio":    {[]byte{1, 2, 3, 0}, "audio/aac", ""},
		"bytes that are declared as an image": {[]byte{1, 2, 3, 0}, "image/webp", ""},
		"bytes that are declared as text":     {[]byte{1, 2, 3, 0}, "text/markdown", ""},
		"bytes of a declared format":          {[]byte{1, 2, 3, 0}, "application/vnd.sqlite3", "application/vnd.sqlite3"},
		"an archive that is a document":       {[]byte("PK\x03\x04"), "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"},
		"markdown":                            {[]byte("# Title"), "text/markdown; charset=utf-8", "text/markdown"},
		"a program":                           {[]byte("package a"), "", "text/plain"},
		"an empty file":                       {nil, "application/json", "application/json"},
		"a type that is none":                 {[]byte("a"), "text/plain/a\r\n", "text/plain"},
		"WAVE":                                {append([]byte("RIFF....WAVEfmt "), 0), "", "audio/wav"},
		"FLAC":                                {[]byte("fLaC\x00"), "audio/x", "audio/flac"},
		"MP3":                                 {[]byte("ID3\x04"), "", "audio/mpeg"},
		"a recording of a browser":            {append([]byte{0x1a, 0x45, 0xdf, 0xa3, 0x01, 0, 0, 0}, "webm"...), "audio/webm;codecs=opus", "audio/webm"},
		"PDF":                                 {[]byte("%PDF-1.7"), "image/png", "application/pdf"},
	} {
		require.Equal(t, tc.want, Type(tc.head, tc.declared), name)
	}
}

func TestDimensions(t *testing.T) {
	picture := image.NewPaletted(image.Rect(0, 0, 40, 30), color.Palette{color.Black, color.White})
	var asJPEG, asGIF bytes.Buffer
	require.NoError(t, jpeg.Encode(&asJPEG, picture, nil))
	require.NoError(t, gif.Encode(&asGIF, picture, nil))
	webps := map[string]string{ // each of 1 by 1 pixel
		"lossy":    "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA",
		"lossless": "UklGRh4AAABXRUJQVlA4TBEAAAAvAAAAAAfQ//73v/+BiOh/AAA=",
	}
	for _, head := range [][]byte{pngOf(t, 40, 30), asJPEG.Bytes(), asGIF.Bytes()} {
		width, height := Dimensions(head)
		require.Equal(t, [2]int{40, 30}, [2]int{width, height})
	}
	for name, encoded := range webps {
		head, err := base64.StdEncoding.DecodeString(encoded)
		require.NoError(t, err)
		width, height := Dimensions(head)
		require.Equal(t, [2]int{1, 1}, [2]int{width, height}, name)
	}
	extended := append([]byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00"), 0, 0, 0, 0, 0xff, 0x07, 0, 0x37, 0x04, 0)
	width, height := Dimensions(extended)
	require.Equal(t, [2]int{2048, 1080}, [2]int{width, height})
	for _, head := range [][]byte{nil, []byte("RIFF"), []byte("RIFF....WEBPVP8X"), []byte("hello"), pngOf(t, 1, 1)[:20]} {
		width, height := Dimensions(head)
		require.Equal(t, [2]int{0, 0}, [2]int{width, height})
	}
}
