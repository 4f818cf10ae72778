package netio

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

// Endpoint is the target of a request, with additional headers.
type Endpoint struct {
	Server *url.URL
	Path   string
	Header http.Header
}

// open connects and sends a GET request. It returns the connection, and a reader
// of what follows the head of the answer, once the server has answered with the
// wanted status.
func (e Endpoint) open(ctx context.Context, want, bufferBytes int) (net.Conn, *bufio.Reader, error) {
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

func (e Endpoint) dial(ctx context.Context) (net.Conn, error) {
	if e.Server.Scheme == "https" {
		return (&tls.Dialer{}).DialContext(ctx, "tcp", withPort(e.Server, "443"))
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", withPort(e.Server, "80"))
}

func withPort(u *url.URL, port string) string {
	if u.Port() != "" {
		return u.Host
	}
	return net.JoinHostPort(u.Hostname(), port)
}

func (e Endpoint) request(conn net.Conn, in *bufio.Reader, want int) error {
	var head strings.Builder
	fmt.Fprintf(&head, "GET %s HTTP/1.1\r\nHost: %s\r\n", e.Server.Path+e.Path, e.Server.Host)
	_ = e.Header.Write(&head) // a Builder takes everything
	head.WriteString("\r\n")
	if _, err := io.WriteString(conn, head.String()); err != nil {
		return err
	}
	status, _, err := ReadHead(in)
	if err == nil && !strings.Contains(status, fmt.Sprintf(" %d ", want)) {
		err = fmt.Errorf("GET %s was answered with %s", e.Path, status)
	}
	return err
}

// ReadHead reads a request or an answer up to its body. It returns the first line
// and the headers.
func ReadHead(in *bufio.Reader) (first string, header http.Header, err error) {
	text := textproto.NewReader(in)
	if first, err = text.ReadLine(); err != nil {
		return "", nil, err
	}
	fields, err := text.ReadMIMEHeader()
	return first, http.Header(fields), err
}
