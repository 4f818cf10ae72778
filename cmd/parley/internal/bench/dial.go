package bench

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
)

// endpoint is where a request goes.
type endpoint struct {
	server *url.URL
	path   string
	header http.Header
}

// open connects, sends a GET request, and returns the connection once the
// server has answered with the wanted status, with what it sent beyond that.
func (e endpoint) open(ctx context.Context, want, bufferBytes int) (net.Conn, *bufio.Reader, error) {
	conn, err := e.dial(ctx)
	if err != nil {
		return nil, nil, err
	}
	in := bufio.NewReaderSize(conn, bufferBytes)
	if err := e.request(conn, in, want); err != nil {
		_ = conn.Close()
		return nil, nil, err
	}
	return conn, in, nil
}

func (e endpoint) dial(ctx context.Context) (net.Conn, error) {
	if e.server.Scheme == "https" {
		return (&tls.Dialer{}).DialContext(ctx, "tcp", withPort(e.server, "443"))
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", withPort(e.server, "80"))
}

func withPort(u *url.URL, port string) string {
	if u.Port() != "" {
		return u.Host
	}
	return net.JoinHostPort(u.Hostname(), port)
}

func (e endpoint) request(conn net.Conn, in *bufio.Reader, want int) error {
	var head strings.Builder
	fmt.Fprintf(&head, "GET %s HTTP/1.1\r\nHost: %s\r\n", e.server.Path+e.path, e.server.Host)
	_ = e.header.Write(&head) // a Builder takes everything
	head.WriteString("\r\n")
	if _, err := io.WriteString(conn, head.String()); err != nil {
		return err
	}
	status, _, err := readHead(in)
	if err == nil && !strings.Contains(status, fmt.Sprintf(" %d ", want)) {
		err = fmt.Errorf("GET %s was answered with %s", e.path, status)
	}
	return err
}

// readHead reads a request or an answer up to its body.
func readHead(in *bufio.Reader) (first string, header http.Header, err error) {
	text := textproto.NewReader(in)
	if first, err = text.ReadLine(); err != nil {
		return "", nil, err
	}
	fields, err := text.ReadMIMEHeader()
	return first, http.Header(fields), err
}
