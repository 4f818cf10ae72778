package recap

import "strings"

// excerpt is the beginning and the end of a text that may be too long to keep.
type excerpt struct {
	Head string `json:"head,omitempty"`
	Tail string `json:"tail,omitempty"`
	Cut  bool   `json:"cut,omitempty"` // something between Head and Tail is missing
}

// add appends to the text, of which about limit bytes are kept.
func (e *excerpt) add(text string, limit int) {
	if text == "" {
		return
	}
	if e.Tail == "" && !e.Cut {
		room := max(0, limit/2-len(e.Head))
		if len(text) <= room {
			e.Head += text
			return
		}
		begin := strings.ToValidUTF8(text[:room], "")
		e.Head += begin
		text = text[len(begin):]
	}
	if len(text) > limit {
		text, e.Tail, e.Cut = text[len(text)-limit:], "", true
	}
	e.Tail += text
	if len(e.Tail) > limit {
		e.Tail, e.Cut = e.Tail[len(e.Tail)-limit/2:], true
	}
	e.Tail = strings.ToValidUTF8(e.Tail, "")
}

// String returns the text, with an ellipsis where something is missing.
func (e *excerpt) String() string {
	if e.Cut {
		return e.Head + "\n…\n" + e.Tail
	}
	return e.Head + e.Tail
}

// separated returns the text with the separation from what follows it.
func (e *excerpt) separated() string {
	if e.size() == 0 {
		return ""
	}
	return e.String() + "\n\n"
}

func (e *excerpt) size() int { return len(e.Head) + len(e.Tail) }

// cut returns the beginning of a text, at most about limit bytes, with an ellipsis if
// something is missing.
func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "") + "…"
}
