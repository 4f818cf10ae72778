package demo

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	_ "image/gif"  // to read the size of images
	_ "image/jpeg" // to read the size of images
	"image/png"
	"net/url"
	"os"
	"strings"
)

// promptBlock is a block of a prompt. Which members are set depends on the type.
type promptBlock struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Data     []byte `json:"data"` // of an image or audio
	MimeType string `json:"mimeType"`
	URI      string `json:"uri"` // of a resource_link
	Name     string `json:"name"`
	Resource struct {
		URI  string `json:"uri"`
		Text string `json:"text"`
	} `json:"resource"`
	Meta struct {
		Parley struct {
			Recap       bool `json:"recap"`
			Attribution bool `json:"attribution"`
		} `json:"parley"`
	} `json:"_meta"`
}

// describe says in one line what the agent has received.
func (b promptBlock) describe() string {
	switch b.Type {
	case "image":
		dimensions := "of unknown dimensions"
		if config, _, err := image.DecodeConfig(bytes.NewReader(b.Data)); err == nil {
			dimensions = fmt.Sprintf("%d × %d pixels", config.Width, config.Height)
		}
		return fmt.Sprintf("an image, `%s`, %d bytes, %s", b.MimeType, len(b.Data), dimensions)
	case "audio":
		return fmt.Sprintf("audio, `%s`, %d bytes", b.MimeType, len(b.Data))
	case "resource":
		return fmt.Sprintf("a text of %d bytes from `%s`", len(b.Resource.Text), b.Resource.URI)
	case "resource_link":
		return fmt.Sprintf("a link to `%s`, %s", b.URI, b.size())
	}
	return fmt.Sprintf("a block of type `%s`", b.Type)
}

// size says how long the file is that a link refers to.
func (b promptBlock) size() string {
	address, err := url.Parse(b.URI)
	if err != nil || address.Scheme != "file" {
		return "which is no file of this machine"
	}
	info, err := os.Stat(address.Path)
	if err != nil {
		return "which cannot be read"
	}
	return fmt.Sprintf("%d bytes", info.Size())
}

// playContent describes what a prompt contains beside its text, and sends the first image
// back.
func playContent(t *turn) {
	var list strings.Builder
	for _, b := range t.content {
		list.WriteString("- " + b.describe() + "\n")
	}
	t.say("Beside your text I have received:\n\n" + list.String())
	for _, b := range t.content {
		if b.Type == "image" {
			t.say("\nHere is the image:\n\n")
			t.show(b.MimeType, b.Data)
			return
		}
	}
}

// playImage sends an image.
func playImage(t *turn) {
	const width, height = 160, 90
	picture := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			picture.Set(x, y, color.NRGBA{R: uint8(x * 255 / width), G: uint8(y * 255 / height), B: 160, A: 255})
		}
	}
	var encoded bytes.Buffer
	if t.err = png.Encode(&encoded, picture); t.err == nil {
		t.say("An image of 160 × 90 pixels:\n\n")
		t.show("image/png", encoded.Bytes())
		t.say("\nAttach one to your prompt, and I send it back.")
	}
}

// show sends an image as a message.
func (t *turn) show(mimeType string, data []byte) {
	t.session.messages++
	t.sendRecorded(object{"sessionUpdate": "agent_message_chunk", "messageId": fmt.Sprintf("msg_%d", t.session.messages),
		"content": object{"type": "image", "mimeType": mimeType, "data": base64.StdEncoding.EncodeToString(data)}})
	t.pause(4)
}
