package view

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
)

// Block is a part of a message, of a result or of a summary. Its type says which of the
// members it has.
type Block struct {
	Type        string   // text, image, audio, link, resource, binary or unknown
	Dropped     int      // of text: the number of bytes before it that were dropped
	MIMEType    string   // of image, audio, link and binary
	Data        string   // of image, audio and binary: base64; of binary empty if malformed or too long
	URI         string   // of link, resource and binary
	Title       string   // of link
	Description string   // of link
	Of          string   // of binary: image, audio or resource
	Size        *float64 // of link and binary, in bytes; nil if unknown
	Raw         json.RawMessage

	text []byte // of text and resource; it grows in place, so that pieces are not copied again and again
}

// Text returns the text of a block of type text or resource.
func (b Block) Text() string { return string(b.text) }

// MarshalJSON encodes the members that the type has.
func (b Block) MarshalJSON() ([]byte, error) {
	members := map[string]any{"type": b.Type}
	switch b.Type {
	case "text":
		members["text"] = b.Text()
		if b.Dropped > 0 {
			members["from"] = b.Dropped
		}
	case "image", "audio":
		members["mimeType"], members["data"] = b.MIMEType, b.Data
	case "link":
		members["uri"], members["title"], members["description"] = b.URI, b.Title, b.Description
		members["mimeType"], members["size"] = b.MIMEType, b.Size
	case "resource":
		members["uri"], members["text"] = b.URI, b.Text()
	case "binary":
		members["of"], members["mimeType"], members["uri"], members["size"], members["data"] = b.Of, b.MIMEType, b.URI, b.Size, b.Data
	default:
		if b.Raw != nil {
			members["raw"] = b.Raw
		}
	}
	return json.Marshal(members)
}

func (b Block) size() int {
	return len(b.text) + len(b.Data) + len(b.URI) + len(b.Title) + len(b.Description) + len(b.Raw)
}

func sizeOfBlocks(blocks []Block) (size int) {
	for _, b := range blocks {
		size += b.size()
	}
	return size
}

// decodeBlocks decodes a list of blocks; anything else is an empty list.
func decodeBlocks(o object, name string) []Block {
	list, _ := o.list(name)
	blocks := []Block{}
	for _, raw := range list {
		blocks = append(blocks, DecodeBlock(raw))
	}
	return blocks
}

// DecodeBlock decodes a block. One that it does not understand is kept as it is.
func DecodeBlock(raw json.RawMessage) Block {
	if o, ok := decodeObject(raw); ok {
		if b, ok := blockOf(o); ok {
			return b
		}
	}
	if len(raw) == 0 {
		return Block{Type: "unknown"}
	}
	return Block{Type: "unknown", Raw: bytes.Clone(raw)}
}

func blockOf(o object) (b Block, ok bool) {
	switch b.Type = o.string("type"); b.Type {
	case "text":
		var text string
		text, ok = o.text("text")
		b.text = []byte(text)
	case "image", "audio":
		b.Data, ok = o.text("data")
		b.MIMEType = o.string("mimeType")
		if !isShown(b) {
			b = binary(b.Type, b.MIMEType, o.string("uri"), b.Data)
		}
	case "resource_link":
		b = Block{Type: "link", MIMEType: o.string("mimeType"), Description: o.string("description"), Size: o.number("size")}
		b.URI, ok = o.text("uri")
		b.Title = b.URI
		for _, name := range []string{"name", "title"} {
			if title, ok := o.text(name); ok {
				b.Title = title
			}
		}
	case "resource":
		return resourceOf(o)
	}
	return b, ok
}

func resourceOf(o object) (Block, bool) {
	r, _ := o.object("resource")
	uri := r.string("uri")
	if text, ok := r.text("text"); ok {
		return Block{Type: "resource", URI: uri, text: []byte(text)}, true
	}
	blob, ok := r.text("blob")
	return binary("resource", r.string("mimeType"), uri, blob), ok
}

func binary(of, mimeType, uri, data string) Block {
	b := Block{Type: "binary", Of: of, MIMEType: mimeType, URI: uri, Size: sizeOfBase64(data)}
	if isKept(data) {
		b.Data = data
	}
	return b
}

// isKept reports whether data is base64 and not too long.
func isKept(data string) bool { return len(data) <= maxData && base64Text.MatchString(data) }

// maxData is the longest data of an image or a recording that is kept, in characters of
// base64.
const maxData = 8_000_000

// shownTypes are the types of images and recordings that browsers show without running
// what is in them, as SVG would.
var shownTypes = map[string]*regexp.Regexp{
	"image": regexp.MustCompile(`^image/(png|jpeg|gif|webp|avif)$`),
	"audio": regexp.MustCompile(`^audio/(mpeg|mp4|aac|ogg|opus|webm|wav|wave|x-wav|flac|x-flac)$`),
}

var base64Text = regexp.MustCompile(`^[A-Za-z0-9+/]*={0,2}$`)

func isShown(b Block) bool {
	return shownTypes[b.Type].MatchString(b.MIMEType) && isKept(b.Data)
}

func sizeOfBase64(data string) *float64 {
	size := float64(len(strings.TrimRight(data, "=")) * 3 / 4)
	return &size
}

// join adds a block to a list. Text continues the text before it.
func join(blocks []Block, next Block) []Block {
	last := len(blocks) - 1
	if last < 0 || blocks[last].Type != "text" || next.Type != "text" {
		blocks = append(blocks[:len(blocks):len(blocks)], next)
		if len(blocks) > MaxParts {
			blocks = blocks[len(blocks)-MaxParts:]
		}
		return blocks
	}
	joined := blocks[last]
	joined.text = append(joined.text, next.text...)
	if over := len(joined.text) - MaxText; over > 0 {
		over = afterCharacter(joined.text, over+MaxText/2)
		joined.text, joined.Dropped = bytes.Clone(joined.text[over:]), joined.Dropped+over
	}
	return append(blocks[:last:last], joined)
}

// addedBlocks returns what was added to a list of blocks that only grows.
func addedBlocks(now, before []Block) (added []Block) {
	last := len(before) - 1
	if last < 0 || len(now) < len(before) {
		return now
	}
	if b := now[last]; b.Type == "text" {
		grown := b.Dropped + len(b.text) - before[last].Dropped - len(before[last].text)
		if grown = min(grown, len(b.text)); grown > 0 {
			b.text = b.text[len(b.text)-grown:]
			added = append(added, b)
		}
	}
	return append(added, now[last+1:]...)
}
