package client

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"parley/protocol"
)

// Server makes the requests that are outside of a shared session: it lists and starts
// agents, and creates, finds and closes sessions. A [Client] does what happens in a session.
// Its methods may be called from any goroutine.
//
// Each call is one request, which is not repeated, except in [Server.Start]. An answer has
// at most 64 MiB, and redirects are not followed, since they would lead the secrets of a
// request elsewhere.
//
// Errors of all methods: a [*protocol.Error] if the server refuses, the error of ctx, or an
// error that says that the server cannot be reached, does not answer in time, or does not
// answer as a Parley server does. After an error other than the first kind, it is unknown
// whether the request took effect.
type Server struct {
	// immutable
	address string // without a final slash
	o       ServerOptions
}

// ServerOptions configure a [Server]. The zero value of a field means its default.
type ServerOptions struct {
	// Token is sent as a bearer token with every request that has no other credentials.
	Token string

	// Timeout bounds each request. Requests that wait for an agent have five minutes more.
	// Default: 30 s.
	Timeout time.Duration

	// Certificate is the server's certificate, as in a [Link]. The links of sessions that are
	// created name it.
	Certificate string

	// HTTPClient makes all requests. Default: one like [http.DefaultClient] or, with a
	// Certificate, one with the transport of [NewTransport].
	HTTPClient *http.Client
}

// agentTime is how much longer a request may take if it waits for an agent: more than the
// server gives an agent by default.
const agentTime = 5 * time.Minute

// NewServer returns a Server for an address like https://HOST or https://HOST/PREFIX. It
// makes no request. It fails if the address is not one.
func NewServer(address string, o ServerOptions) (*Server, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%q is not the address of a server, such as https://HOST", address)
	}
	setDefault(&o.Timeout, 30*time.Second)
	if o.HTTPClient == nil && o.Certificate != "" {
		o.HTTPClient = &http.Client{Transport: NewTransport(o.Certificate)}
	}
	plain := *cmp.Or(o.HTTPClient, http.DefaultClient)
	plain.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	o.HTTPClient = &plain
	return &Server{strings.TrimSuffix(u.String(), "/"), o}, nil
}

// Address returns the server's address, without a final slash.
func (s *Server) Address() string { return s.address }

// request is a request to a server.
type request struct {
	name   string // for errors
	method string
	path   []string
	query  map[string]string // empty values are left out
	header map[string]string
	body   any           // nil for none
	as     Link          // whose participant, or else whose invite, makes the request; zero for none
	longer time.Duration // how much longer than usual it may take
}

// do makes a request and decodes the answer into answer unless that is nil.
func (s *Server) do(ctx context.Context, r request, answer any) error {
	limited, cancel := context.WithTimeout(ctx, s.o.Timeout+r.longer)
	defer cancel()
	err := s.try(limited, r, answer)
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		err = fmt.Errorf("%s did not answer within %v", s.address, s.o.Timeout+r.longer)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", r.name, err)
	}
	return nil
}

func (s *Server) try(ctx context.Context, r request, answer any) error {
	req, err := s.encode(ctx, r)
	if err != nil {
		return err
	}
	response, err := s.o.HTTPClient.Do(req)
	if err != nil {
		if wrapped, ok := errors.AsType[*url.Error](err); ok {
			err = wrapped.Err // UnreachableError contains the address
		}
		return &UnreachableError{s.address, err}
	}
	defer response.Body.Close()
	return decodeResponse(response, answer)
}

// encode returns the HTTP request.
func (s *Server) encode(ctx context.Context, r request) (*http.Request, error) {
	if r.as.Server != "" && r.as.Server != s.address {
		return nil, fmt.Errorf("the link is one of %s, not of %s", r.as.Server, s.address)
	}
	address := s.address + "/api"
	for _, part := range r.path {
		address += "/" + url.PathEscape(part)
	}
	if query := queryOf(r.query); query != "" {
		address += "?" + query
	}
	var body io.Reader
	if r.body != nil {
		encoded, err := json.Marshal(r.body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(encoded)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, address, body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, value := range r.header {
		req.Header.Set(name, value)
	}
	s.authorize(req.Header, r.as)
	return req, nil
}

// authorize sets the headers with the credentials of a request.
func (s *Server) authorize(h http.Header, as Link) {
	switch {
	case as.ParticipantID != "":
		as.authorize(h)
		if strings.HasPrefix(s.o.Token, protocol.IdentityPrefix) {
			h.Set(headerIdentity, s.o.Token)
		}
	case as.Invite != "":
		h.Set("Authorization", "Bearer "+as.Invite)
	case s.o.Token != "":
		h.Set("Authorization", "Bearer "+s.o.Token)
	}
}

// queryOf encodes the members of a query that are not empty.
func queryOf(members map[string]string) string {
	values := url.Values{}
	for name, value := range members {
		if value != "" {
			values.Set(name, value)
		}
	}
	return values.Encode()
}

// decodeResponse decodes the body of a success into answer unless that is nil, or returns
// the error of another response.
func decodeResponse(response *http.Response, answer any) error {
	switch code := response.StatusCode; {
	case code/100 == 3:
		return fmt.Errorf("the server redirects to %.200q; use that address", response.Header.Get("Location"))
	case code/100 != 2:
		return responseError(response)
	case answer == nil:
		return nil
	}
	if kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type")); kind != "application/json" {
		return fmt.Errorf("the answer is %.100q instead of JSON; is this a Parley server?", kind)
	}
	body, err := readBounded(response.Body)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, answer); err != nil {
		return fmt.Errorf("the answer is not valid: %w", err)
	}
	return nil
}

// readBounded reads a body of at most maxMessage bytes.
func readBounded(r io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, maxMessage+1))
	if err == nil && len(body) > maxMessage {
		err = fmt.Errorf("the answer is larger than %d MiB", maxMessage>>20)
	}
	return body, err
}

// errIncomplete is the error of an answer that lacks what the caller relies on.
var errIncomplete = errors.New("the answer is incomplete; is this a Parley server?")
