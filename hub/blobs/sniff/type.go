package sniff

import (
	"bytes"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"parley/protocol"
)

// HeadBytes is how much of a file's beginning the functions of this package need.
const HeadBytes = 256 << 10

// Type returns the media type of a file, without parameters; empty if it is unknown. head is
// its beginning, and declared what the client says, which may be anything.
func Type(head []byte, declared string) string {
	declared = normalize(declared)
	found := normalize(http.DetectContentType(head))
	if bytes.HasPrefix(head, []byte("fLaC")) {
		found = "audio/flac"
	}
	switch found {
	case "audio/wave":
		return "audio/wav"
	case "application/ogg", "video/webm", "video/mp4": // containers of audio, too
		if audio := containers[found]; contains(audio, declared) {
			return declared
		}
		return found
	case "application/octet-stream", "application/zip", "application/x-gzip", "text/plain", "text/xml", "text/html":
		if isOpaque(declared) && (found == "text/plain" || found == "text/xml" || !isText(declared)) {
			return declared
		}
		if found == "application/octet-stream" {
			return ""
		}
	}
	return found
}

// containers lists, by the type that a content shows, the types of audio that it may be.
var containers = map[string][]string{
	"application/ogg": {"audio/ogg"},
	"video/webm":      {"audio/webm"},
	"video/mp4":       {"audio/mp4", "audio/x-m4a"},
}

func contains(list []string, text string) bool {
	for _, t := range list {
		if t == text {
			return true
		}
	}
	return false
}

// isOpaque reports whether a declared type is one that decides nothing, so that the client
// is believed: neither one that is recognised by its content, nor a page.
func isOpaque(declared string) bool {
	switch declared {
	case "", "application/octet-stream", "image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp":
		return false
	}
	return !strings.HasPrefix(declared, "audio/") && !strings.HasPrefix(declared, "video/")
}

// isText reports whether files of a type contain text.
func isText(mediaType string) bool {
	if strings.HasPrefix(mediaType, "text/") || strings.HasSuffix(mediaType, "+xml") || strings.HasSuffix(mediaType, "+json") {
		return true
	}
	switch mediaType {
	case "application/json", "application/xml", "application/yaml", "application/javascript", "application/toml", "application/x-sh", "application/sql":
		return true
	}
	return false
}

// IsText reports whether a content is text in UTF-8 without NUL characters.
func IsText(content []byte) bool {
	return utf8.Valid(content) && bytes.IndexByte(content, 0) < 0
}

// normalize returns a media type in lower case and without parameters; empty if it is not
// one.
func normalize(mediaType string) string {
	parsed, _, err := mime.ParseMediaType(mediaType)
	if err != nil || !protocol.IsMimeType(parsed) {
		return ""
	}
	return parsed
}
