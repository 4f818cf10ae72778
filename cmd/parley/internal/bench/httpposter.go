package bench

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
)

// httpPoster posts one message again and again on one connection. The request is
// ready beforehand, and of an answer it reads as much as tells where it ends, so
// that the server is what is measured.
type httpPoster struct {
	conn    net.Conn
	in      *bufio.Reader
	request []byte
}

// newPoster connects to where messages are posted.
func newPoster(ctx context.Context, e endpoint, body string) (*httpPoster, error) {
	conn, err := e.dial(ctx)
	if err != nil {
		return nil, err
	}
	var request bytes.Buffer
	fmt.Fprintf(&request, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n",
		e.server.Path+e.path, e.server.Host, len(body))
	_ = e.header.Write(&request) // a Buffer takes everything
	request.WriteString("\r\n" + body)
	return &httpPoster{conn, bufio.NewReaderSize(conn, 4<<10), request.Bytes()}, nil
}

// post returns once the message is answered.
func (p *httpPoster) post() error {
	if _, err := p.conn.Write(p.request); err != nil {
		return err
	}
	status, header, err := readHead(p.in)
	if err != nil {
		return err
	}
	length, err := strconv.Atoi(header.Get("Content-Length"))
	if err != nil {
		return fmt.Errorf("an answer has no length: %w", err)
	}
	if !strings.HasPrefix(status, "HTTP/1.1 2") {
		text, _ := io.ReadAll(io.LimitReader(p.in, int64(min(length, 300))))
		return fmt.Errorf("a message was answered %s: %s", status, text)
	}
	_, err = p.in.Discard(length)
	return err
}

func (p *httpPoster) Close() error { return p.conn.Close() }

// messageBody is the body of a message with so long a text.
func messageBody(size int) string { return `{"text":"` + strings.Repeat("x", size) + `"}` }

// poster joins as a participant who posts messages.
func (r *parleyRoom) poster(ctx context.Context, size int) (poster, error) {
	header, err := r.joinOriginal(ctx)
	if err != nil {
		return nil, err
	}
	return newPoster(ctx, endpoint{r.target.url, r.path("/messages"), header}, messageBody(size))
}

func (r rawEntrance) poster(ctx context.Context, size int) (poster, error) {
	return newPoster(ctx, endpoint{r.server, r.path + "/messages", http.Header{}}, messageBody(size))
}
