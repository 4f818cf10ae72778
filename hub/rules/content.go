package rules

import (
	"encoding/json"
	"slices"
	"strings"

	"parley/protocol"
)

// ContentSupport is what an agent takes in a prompt beside text and links, which every
// agent takes.
type ContentSupport struct {
	Image    bool `json:"image"`
	Audio    bool `json:"audio"`
	Resource bool `json:"embeddedContext"`
}

// SupportOf returns what an agent takes, by the capabilities that it has announced. known
// is false if it has announced none yet.
func SupportOf(f protocol.AgentFacts) (s ContentSupport, known bool) {
	if len(f.Capabilities) == 0 {
		return ContentSupport{}, false
	}
	return SupportIn(f.Capabilities), true
}

// SupportIn returns what an agent takes, by its capabilities in version 1 or 2 of the Agent
// Client Protocol. A member of another type announces nothing.
func SupportIn(capabilities json.RawMessage) (s ContentSupport) {
	var version1 struct {
		PromptCapabilities ContentSupport `json:"promptCapabilities"`
	}
	if json.Unmarshal(capabilities, &version1) == nil {
		s = version1.PromptCapabilities
	}
	var version2 struct {
		Session struct {
			Prompt struct {
				Image    *struct{} `json:"image"`
				Audio    *struct{} `json:"audio"`
				Resource *struct{} `json:"embeddedContext"`
			} `json:"prompt"`
		} `json:"session"`
	}
	if json.Unmarshal(capabilities, &version2) == nil {
		p := version2.Session.Prompt
		s = ContentSupport{s.Image || p.Image != nil, s.Audio || p.Audio != nil, s.Resource || p.Resource != nil}
	}
	return s
}

// Check returns CONTENT_NOT_SUPPORTED if the agent does not take some of the content.
func (s ContentSupport) Check(content []protocol.Content) error {
	for _, c := range content {
		switch {
		case IsImage(c) && !s.Image:
			return protocol.Errorf(protocol.CodeContentNotSupported, "the agent does not take images; %q can be sent as a file instead", c.Name)
		case IsAudio(c) && !s.Audio:
			return protocol.Errorf(protocol.CodeContentNotSupported, "the agent does not take audio; %q can be sent as a file instead", c.Name)
		case c.Type == protocol.ContentResource && !s.Resource:
			return protocol.Errorf(protocol.CodeContentNotSupported, "the agent does not take embedded texts; write %q into the prompt, or attach it as a file", c.Name)
		}
	}
	return nil
}

// imageTypes are the types of images that agents take. Other images are files to them.
var imageTypes = []string{"image/png", "image/jpeg", "image/gif", "image/webp"}

// IsImage reports whether the agent receives the content as an image.
func IsImage(c protocol.Content) bool {
	return c.Type == protocol.ContentAttachment && !c.AsFile && slices.Contains(imageTypes, c.MimeType)
}

// IsAudio reports whether the agent receives the content as audio.
func IsAudio(c protocol.Content) bool {
	return c.Type == protocol.ContentAttachment && !c.AsFile && strings.HasPrefix(c.MimeType, "audio/")
}

// ContentBytes returns about how many bytes the content occupies in memory and in JSON,
// without the files themselves.
func ContentBytes(content []protocol.Content) (bytes int) {
	const rest = 256 // the type, an id, a digest and the names of members
	for _, c := range content {
		bytes += rest + len(c.Name) + len(c.Path) + len(c.URI) + len(c.MimeType) + len(c.Text)
	}
	return bytes
}
