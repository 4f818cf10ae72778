package netio

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
)

// HTTPPoster posts the same message again and again on one connection. The request
// is built once, and of an answer only the status and the length are looked at.
type HTTPPoster struct {
	conn    net.Conn
	in      *bufio.Reader
	request []byte
}

// NewHTTPPoster connects to the server of an endpoint.
func NewHTTPPoster(ctx context.Context, e Endpoint, body string) (*HTTPPoster, error) {
	conn, err := e.dial(ctx)
	if err != nil {
		return nil, err
	}
	var request bytes.Buffer
	fmt.Fprintf(&request, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n",
		e.Server.Path+e.Path, e.Server.Host, len(body))
	_ = e.Header.Write(&request) // a Buffer takes everything
	request.WriteString("\r\n" + body)
	return &HTTPPoster{conn, bufio.NewReaderSize(conn, 4<<10), request.Bytes()}, nil
}

// Post posts the message and returns once it is answered.
func (p *HTTPPoster) Post() error {
	if _, err := p.conn.Write(p.request); err != nil {
		return err
	}
	status, header, err := ReadHead(p.in)
	if err != nil {
		return err
	}
	length, err := strconv.Atoi(header.Get("Content-Length"))
	if err != nil {
		return fmt.Errorf("an answer has no Content-Length: %w", err)
	}
	if !strings.HasPrefix(status, "HTTP/1.1 2") {
		text, _ := io.ReadAll(io.LimitReader(p.in, int64(min(length, 300))))
		return fmt.Errorf("a message was answered with %s: %s", status, text)
	}
	_, err = p.in.Discard(length)
	return err
}

// Close closes the connection.
func (p *HTTPPoster) Close() error { return p.conn.Close() }
