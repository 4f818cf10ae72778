package web

import (
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"parley/hub"
	"parley/protocol"
)

// minUploadRate is how many bytes per second a file has to arrive, or to be received, on
// average, after bodyTimeout.
const minUploadRate = 16 << 10

// transferDeadline returns when a file of a size must have been transferred.
func transferDeadline(size int64) time.Time {
	return time.Now().Add(bodyTimeout + time.Duration(size)*time.Second/minUploadRate)
}

// upload stores the body as an attachment. It reads the body after it has checked the
// credentials, and never keeps the whole of it in memory.
func (s *Server) upload(w http.ResponseWriter, r *http.Request) error {
	caller, ok := s.headerCredentials(r)
	if !ok {
		return protocol.Errorf(protocol.CodeUnauthorized, "Authorization and %s are missing", headerParticipant)
	}
	limit := s.options.Limits.AttachmentBytes
	if limit > 0 && r.ContentLength > limit {
		return protocol.Errorf(protocol.CodeTooLarge, "an attachment has %s at most", protocol.FormatSize(limit)).By(protocol.LimitAttachment)
	}
	if err := s.takeCommand(caller); err != nil {
		return err
	}
	control := http.NewResponseController(w)
	body := uploadBody{r.Body, control, transferDeadline(limit)}
	_ = control.SetWriteDeadline(body.deadline.Add(s.options.WriteTimeout))
	u := hub.Upload{
		Name:     strings.TrimSpace(r.URL.Query().Get("name")),
		MimeType: r.Header.Get("Content-Type"),
		Content:  body,
		Size:     r.ContentLength,
	}
	var answer protocol.AttachmentAnswer
	err := s.attempt(r, nil, func() (err error) {
		answer.Attachment, err = s.hub.Upload(r.Context(), r.PathValue("id"), caller, u)
		return err
	})
	if err != nil {
		return err
	}
	_ = control.SetReadDeadline(time.Time{}) // as in receiveBody
	encoded, err := protocol.Marshal(answer)
	if err == nil {
		s.writeAnswer(w, http.StatusCreated, encoded)
	}
	return err
}

// uploadBody is the body of an upload. Its errors are for clients.
type uploadBody struct {
	body     io.Reader
	control  *http.ResponseController
	deadline time.Time // for the whole of it
}

// Read implements [io.Reader]. It fails if nothing arrives within bodyTimeout, so that a
// client that stalls does not keep its place for as long as a slow one.
func (b uploadBody) Read(p []byte) (int, error) {
	next := time.Now().Add(bodyTimeout)
	if next.After(b.deadline) {
		next = b.deadline
	}
	_ = b.control.SetReadDeadline(next)
	n, err := b.body.Read(p)
	if err != nil && err != io.EOF {
		err = protocol.Errorf(protocol.CodeInvalidRequest, "the file could not be read to its end")
	}
	return n, err
}

// download serves an attachment. Whatever it contains, a browser that opens it saves it:
// only images and audio that the server has recognised have a type, and none can run
// scripts.
func (s *Server) download(w http.ResponseWriter, r *http.Request) error {
	caller, ok := s.headerCredentials(r)
	if !ok {
		return protocol.Errorf(protocol.CodeUnauthorized, "Authorization and %s are missing", headerParticipant)
	}
	return s.attempt(r, nil, func() error {
		file, content, err := s.hub.Attachment(r.Context(), r.PathValue("id"), caller, r.PathValue("attachmentId"))
		if err != nil {
			return err
		}
		defer content.Close()
		_ = http.NewResponseController(w).SetWriteDeadline(transferDeadline(file.Size))
		h := w.Header()
		h.Set("Content-Type", servedType(file.MimeType))
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": file.Name}))
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox")
		h.Set("Cache-Control", "private, no-cache")
		h.Set("ETag", `"`+file.SHA256+`"`)
		http.ServeContent(w, r, "", time.Time{}, content)
		return nil
	})
}

// servedType returns the type with which a file of a type is served.
func servedType(mimeType string) string {
	switch mimeType {
	case "image/png", "image/jpeg", "image/gif", "image/webp":
		return mimeType
	}
	if strings.HasPrefix(mimeType, "audio/") {
		return mimeType
	}
	return "application/octet-stream"
}
