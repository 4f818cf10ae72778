package fakemodel

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// maxBody is the maximum size of a request, in bytes; conversations with images are large.
const maxBody = 64 << 20

// maxRequests is how many requests the log keeps at most; further ones are refused, since a
// test that causes as many has an agent that repeats itself.
const maxRequests = 1000

// Server is a model endpoint. It is safe for concurrent use.
type Server struct {
	// immutable
	URL string // without a path
	log func(format string, args ...any)

	mu       sync.Mutex
	requests []Request // guarded by mu
	unknown  []string  // guarded by mu; requests for other paths
}

// Start starts an endpoint on a free port of the loopback interface. It ends with the test.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{log: t.Logf}
	h := httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(func() {
		h.CloseClientConnections()
		h.Close()
	})
	s.URL = h.URL
	return s
}

// Requests returns the requests so far, in the order of their arrival.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests[:len(s.requests):len(s.requests)]
}

// Unknown returns the requests for paths that the endpoint does not know, such as
// "GET /v1/other".
func (s *Server) Unknown() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unknown[:len(s.unknown):len(s.unknown)]
}

// dialect decodes the requests of an interface and encodes answers to them.
type dialect struct {
	decode func(path string, body []byte) (Request, error)
	stream func(*stream, Request, answer)
	whole  func(Request, answer) any
}

func dialectOf(path string) (dialect, bool) {
	switch {
	case strings.HasSuffix(path, "/chat/completions"):
		return dialect{decodeChat, streamChat, wholeChat}, true
	case strings.HasSuffix(path, "/responses"):
		return dialect{decodeResponses, streamResponses, wholeResponses}, true
	case strings.HasSuffix(path, "/messages"):
		return dialect{decodeMessages, streamMessages, wholeMessages}, true
	case strings.HasSuffix(path, ":generateContent"), strings.HasSuffix(path, ":streamGenerateContent"):
		return dialect{decodeGemini, streamGemini, wholeGemini}, true
	}
	return dialect{}, false
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	d, known := dialectOf(r.URL.Path)
	if !known || r.Method != http.MethodPost {
		s.serveOther(w, r)
		return
	}
	if hasKey(r.Header, ExpiredKey) {
		w.Header().Set("X-Should-Retry", "false") // as Anthropic's endpoint does
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		writeJSON(w, object{"type": "error", "error": object{"type": "authentication_error", "code": "invalid_api_key",
			"status": "UNAUTHENTICATED", "message": "invalid x-api-key"}})
		return
	}
	request, err := d.decode(r.URL.Path, body)
	if err == nil && !s.record(request) {
		err = fmt.Errorf("more than %d requests", maxRequests)
	}
	if err != nil {
		s.log("fakemodel: POST %s: %v", r.URL.Path, err)
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	a := answerTo(request)
	if request.JSON {
		a = answer{text: "{}"}
	}
	if !request.Stream {
		if a.stall {
			<-r.Context().Done()
			return
		}
		writeJSON(w, d.whole(request, a))
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	out := &stream{w: w, flush: http.NewResponseController(w).Flush, stalled: r.Context().Done()}
	d.stream(out, request, a)
}

// ExpiredKey is an API key that the endpoint refuses, with status 401. It accepts all others.
const ExpiredKey = "expired"

// hasKey reports whether a request has an API key.
func hasKey(h http.Header, key string) bool {
	return h.Get("Authorization") == "Bearer "+key || h.Get("X-Api-Key") == key || h.Get("X-Goog-Api-Key") == key
}

// record adds a request to the log. It returns false if the log is full.
func (s *Server) record(r Request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.requests) == maxRequests {
		return false
	}
	s.requests = append(s.requests, r)
	return true
}

// serveOther answers requests that do not reach the model.
func (s *Server) serveOther(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasSuffix(r.URL.Path, ":countTokens"):
		writeJSON(w, object{"totalTokens": promptTokens})
	case strings.HasSuffix(r.URL.Path, "/messages/count_tokens"):
		writeJSON(w, object{"input_tokens": promptTokens})
	case r.Method == http.MethodHead:
	default:
		s.mu.Lock()
		if len(s.unknown) < maxRequests {
			s.unknown = append(s.unknown, r.Method+" "+r.URL.Path)
		}
		s.mu.Unlock()
		http.NotFound(w, r)
	}
}

type object map[string]any

type list []any

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the agent has closed the connection
}

// Numbers of tokens that every answer names.
const (
	promptTokens = 1000
	answerTokens = 20
)

var ids atomic.Int64

// newID returns an id that no other answer of this process has.
func newID(prefix string) string { return fmt.Sprintf("%s_%d", prefix, ids.Add(1)) }
