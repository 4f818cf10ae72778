package agent

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"

	"go.uber.org/zap"

	"parley/hub/agent/wire"
	"parley/hub/blobs"
	"parley/hub/blobs/sniff"
	"parley/hub/rules"
	"parley/protocol"
)

// maxEmbedded is the size in bytes up to which a text file is part of the prompt. The agent
// reads a longer one itself, as far as it needs it.
const maxEmbedded = 64 << 10

type (
	// client → agent: in session/prompt; which members are used depends on the type
	contentBlock struct {
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
	// client → agent: in a contentBlock of type resource
	resource struct {
		URI      string `json:"uri"`
		MimeType string `json:"mimeType,omitempty"`
		Text     string `json:"text"`
	}
)

// promptBlocks are the blocks of a prompt's content, which are read from the store when the
// prompt is written to the agent.
type promptBlocks struct {
	host    string // the host session
	cwd     string
	support rules.ContentSupport
	store   blobs.Store // nil for none
	files   *agentFiles
}

// of returns the blocks of a prompt after its text. Errors: CONTENT_NOT_SUPPORTED, and those
// of reading and writing files.
func (b promptBlocks) of(ctx context.Context, p rules.AgentPrompt) (blocks []contentBlock, err error) {
	if err := b.support.Check(p.Content); err != nil {
		return nil, err
	}
	for _, c := range p.Content {
		block := contentBlock{Type: "resource_link", URI: b.uri(c), Name: c.Name, MimeType: c.MimeType}
		switch c.Type {
		case protocol.ContentAttachment:
			if block, err = b.attachment(ctx, p, c); err != nil {
				return nil, fmt.Errorf("%q cannot be given to the agent: %w", c.Name, err)
			}
		case protocol.ContentResource:
			block = contentBlock{Type: "resource", Resource: &resource{block.URI, c.MimeType, c.Text}}
		}
		blocks = append(blocks, block)
	}
	return blocks, nil
}

// uri returns the URI of a resource. A path is relative to the working directory.
func (b promptBlocks) uri(c protocol.Content) string {
	if c.Path == "" {
		return c.URI
	}
	return fileURI(filepath.Join(b.cwd, filepath.FromSlash(c.Path)))
}

func fileURI(path string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String()
}

// attachment returns the block of an attachment: an image, audio, or a file beside the agent.
func (b promptBlocks) attachment(ctx context.Context, p rules.AgentPrompt, c protocol.Content) (block contentBlock, err error) {
	if b.store == nil {
		return block, errors.New("this server stores no attachments")
	}
	content, err := b.store.Open(ctx, p.Shared, c.ID)
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
	if inline != "" {
		data, err := io.ReadAll(content)
		return contentBlock{Type: inline, Data: base64.StdEncoding.EncodeToString(data), MimeType: c.MimeType}, err
	}
	path, err := b.files.write(b.host, c, content)
	if err != nil {
		return block, err
	}
	block = contentBlock{Type: "resource_link", URI: fileURI(path), Name: c.Name, MimeType: c.MimeType, Size: c.Size}
	if !b.support.Resource || c.AsFile || c.Size > maxEmbedded {
		return block, nil
	}
	text := make([]byte, c.Size)
	if _, err := content.ReadAt(text, 0); err != nil && err != io.EOF {
		return block, err
	}
	if sniff.IsText(text) {
		block = contentBlock{Type: "resource", Resource: &resource{block.URI, c.MimeType, string(text)}}
	}
	return block, nil
}

// promptWithContent sends a prompt whose content is read from the store by the goroutine
// that writes to the agent. If that fails, the turn ends with the error.
func (s *session) promptWithContent(p rules.AgentPrompt, params promptParams, then func(wire.Message)) {
	id := s.expect(then)
	s.queue(func() []byte {
		blocks, err := s.blocks.of(context.Background(), p) // bounded by the size of the attachments
		if err == nil {
			var line []byte
			params.Prompt = append(params.Prompt, blocks...)
			if line, err = wire.Request(id, "session/prompt", params); err == nil {
				return line
			}
		}
		s.failPrompt(id, p.Turn, err)
		return nil
	})
}

// failPrompt ends the turn of a prompt that was not sent.
func (s *session) failPrompt(id int64, turn string, cause error) {
	s.mu.Lock()
	delete(s.calls, wire.IDKey(jsonInt(id)))
	s.mu.Unlock()
	s.log.Warn("a prompt was not sent", zap.String("turn", turn), zap.Error(cause))
	if errors.Is(cause, blobs.ErrFull) {
		cause = protocol.Errorf(protocol.CodeStorageFull, "%v", cause)
	}
	answer, _ := json.Marshal(wire.Error{Code: wire.CodeInvalidParams, Message: "not sent"}) // plain members
	for _, e := range s.dialect.answered(turn, wire.Message{Error: answer}) {
		if ended, ok := e.(rules.AgentTurnEnded); ok {
			ended.Err = cause
			e = ended
		}
		s.emit(e)
	}
}
