package content

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"

	"parley/hub/blobs"
	"parley/hub/blobs/sniff"
	"parley/hub/rules"
	"parley/protocol"
)

// maxEmbedded is the size in bytes up to which a text file is part of the prompt. The agent
// reads a longer one itself, as far as it needs it.
const maxEmbedded = 64 << 10

// maxInline is the size in bytes up to which the images and audio of a prompt are part of it.
// The agent gets others as files.
const maxInline = 20 << 20

type (
	// Block is a part of a prompt, client → agent in session/prompt. Which members it has
	// depends on its type.
	Block struct {
		Type     string     `json:"type"`
		Text     string     `json:"text,omitempty"`
		Data     string     `json:"data,omitempty"` // base64
		URI      string     `json:"uri,omitempty"`
		Name     string     `json:"name,omitempty"`
		MimeType string     `json:"mimeType,omitempty"`
		Size     int64      `json:"size,omitempty"`
		Resource *resource  `json:"resource,omitempty"`
		Meta     *blockMeta `json:"_meta,omitempty"`
	}
	// client → agent: in a Block of type resource
	resource struct {
		URI      string `json:"uri"`
		MimeType string `json:"mimeType,omitempty"`
		Text     string `json:"text"`
	}
	// client → agent: in a Block, tells a recap from the prompt
	blockMeta struct {
		Parley struct {
			Recap       bool `json:"recap,omitempty"`
			Attribution bool `json:"attribution,omitempty"`
		} `json:"parley"`
	}
)

// Text returns the block of a prompt's own text.
func Text(text string) Block { return Block{Type: "text", Text: text} }

// Attribution returns the block that names a prompt's author and approver.
func Attribution(text string) Block {
	b := Block{Type: "text", Text: text, Meta: new(blockMeta)}
	b.Meta.Parley.Attribution = true
	return b
}

// Recap returns the block that quotes the conversation before a prompt.
func Recap(text string) Block {
	b := Block{Type: "text", Text: text, Meta: new(blockMeta)}
	b.Meta.Parley.Recap = true
	return b
}

// Source makes the blocks of the prompts of one host session. It is not safe for
// concurrent use.
type Source struct {
	Host    string // the host session's id
	Cwd     string // of the agent; paths of the content are relative to it
	Support rules.ContentSupport
	Store   blobs.Store // nil for none
	Files   FileWriter
}

// FileWriter writes the attachments that the agent reads as files.
type FileWriter interface {
	// Write stores an attachment of a host session on the agent's machine, and returns its
	// path there.
	Write(ctx context.Context, host string, c protocol.Content, content io.Reader) (path string, err error)
}

// Blocks returns the blocks of a prompt after its text. Errors: CONTENT_NOT_SUPPORTED, and
// those of reading and writing files.
func (s Source) Blocks(ctx context.Context, p rules.AgentPrompt) (blocks []Block, err error) {
	if err := s.Support.Check(p.Content); err != nil {
		return nil, err
	}
	inline := int64(maxInline)
	for _, c := range p.Content {
		block := Block{Type: "resource_link", URI: s.uri(c), Name: c.Name, MimeType: c.MimeType}
		switch c.Type {
		case protocol.ContentAttachment:
			if block, err = s.attachment(ctx, p, c, &inline); err != nil {
				return nil, fmt.Errorf("%q cannot be given to the agent: %w", c.Name, err)
			}
		case protocol.ContentResource:
			block = Block{Type: "resource", Resource: &resource{block.URI, c.MimeType, c.Text}}
		}
		blocks = append(blocks, block)
	}
	return blocks, nil
}

// uri returns the URI of a resource. A path is relative to the working directory.
func (s Source) uri(c protocol.Content) string {
	if c.Path == "" {
		return c.URI
	}
	return fileURI(filepath.Join(s.Cwd, filepath.FromSlash(c.Path)))
}

func fileURI(path string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String()
}

// attachment returns the block of an attachment: an image, audio, or a file beside the agent.
// left is how many bytes of images and audio the prompt may still contain.
func (s Source) attachment(ctx context.Context, p rules.AgentPrompt, c protocol.Content, left *int64) (block Block, err error) {
	if s.Store == nil {
		return block, errors.New("this server stores no attachments")
	}
	content, err := s.Store.Open(ctx, p.Shared, c.ID)
	if err != nil {
		return block, err
	}
	defer content.Close()
	inline := ""
	switch {
	case rules.IsImage(c):
		inline = "image"
	case rules.IsAudio(c):
		inline = "audio"
	}
	if inline != "" && c.Size <= *left {
		*left -= c.Size
		data, err := io.ReadAll(content)
		return Block{Type: inline, Data: base64.StdEncoding.EncodeToString(data), MimeType: c.MimeType}, err
	}
	path, err := s.Files.Write(ctx, s.Host, c, content)
	if err != nil {
		return block, err
	}
	block = Block{Type: "resource_link", URI: fileURI(path), Name: c.Name, MimeType: c.MimeType, Size: c.Size}
	if !s.Support.Resource || c.AsFile || c.Size > maxEmbedded {
		return block, nil
	}
	text := make([]byte, c.Size)
	if _, err := content.ReadAt(text, 0); err != nil && err != io.EOF {
		return block, err
	}
	if sniff.IsText(text) {
		block = Block{Type: "resource", Resource: &resource{block.URI, c.MimeType, string(text)}}
	}
	return block, nil
}
