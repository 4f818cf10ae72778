package facts

import (
	"bytes"
	"encoding/json"

	"parley/protocol"
)

// quoted returns a text as JSON.
func quoted(text string) json.RawMessage {
	b, _ := protocol.Marshal(text) // cannot fail for a string
	return b
}

// compact returns JSON without white space, so that equal values have equal bytes. It
// returns nil if raw is not JSON.
func compact(raw json.RawMessage) json.RawMessage {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return nil
	}
	return b.Bytes()
}

// firstObject returns the first JSON object among raws, or an empty object.
func firstObject(raws ...json.RawMessage) json.RawMessage {
	for _, raw := range raws {
		if short := compact(raw); len(short) > 0 && short[0] == '{' {
			return short
		}
	}
	return json.RawMessage("{}")
}

// firstWord returns the first word that is not empty.
func firstWord(words ...word) string {
	for _, w := range words {
		if w != "" {
			return string(w)
		}
	}
	return ""
}

// tokenCount decodes a number of tokens. It returns 0 for a value that is not a
// positive number.
func tokenCount(raw json.RawMessage) int64 {
	var n float64
	if json.Unmarshal(raw, &n) != nil || !(n > 0) {
		return 0
	}
	return int64(min(n, 1<<53-1))
}
