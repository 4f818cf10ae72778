package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/blobs"
	"parley/hub/blobs/dir"
	"parley/protocol"
)

// upload uploads a file and returns the response.
func (s *session) upload(p person, name, mimeType string, content []byte) reply {
	s.w.t.Helper()
	return s.w.call("POST", s.path("/attachments?name="+url.QueryEscape(name)), string(content),
		append(p.headers(), "Content-Type", mimeType)...)
}

// attach uploads a file and returns it.
func (s *session) attach(p person, name, mimeType string, content []byte) protocol.Content {
	s.w.t.Helper()
	var answer protocol.AttachmentAnswer
	s.upload(p, name, mimeType, content).ok(http.StatusCreated, &answer)
	return answer.Attachment
}

func (s *session) download(p person, id string, headers ...string) reply {
	s.w.t.Helper()
	return s.w.call("GET", s.path("/attachments/"+id), nil, append(p.headers(), headers...)...)
}

func picture(t *testing.T, width, height int) []byte {
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))))
	return b.Bytes()
}

func TestAttachment_is_described_by_its_content_and_served_as_it_was_uploaded(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptWithApproval)
	gil := s.join("gil", protocol.RoleCollaborator)
	content := picture(t, 40, 30)
	a := s.attach(gil, "Bildschirm für dich.png", "text/html", content)
	require.Equal(t, "image/png", a.MimeType)
	require.Equal(t, [2]int{40, 30}, [2]int{a.Width, a.Height})
	require.EqualValues(t, len(content), a.Size)

	r := s.download(s.Host, a.ID)
	r.ok(http.StatusOK, nil)
	require.Equal(t, content, r.body)
	require.Equal(t, "image/png", r.header.Get("Content-Type"))
	require.Equal(t, "nosniff", r.header.Get("X-Content-Type-Options"))
	require.Contains(t, r.header.Get("Content-Security-Policy"), "sandbox")
	require.Equal(t, "attachment; filename*=utf-8''Bildschirm%20f%C3%BCr%20dich.png", r.header.Get("Content-Disposition"))
	require.Equal(t, http.StatusNotModified, s.download(s.Host, a.ID, "If-None-Match", r.header.Get("ETag")).status)
	part := s.download(s.Host, a.ID, "Range", "bytes=1-3")
	require.Equal(t, http.StatusPartialContent, part.status)
	require.Equal(t, "PNG", string(part.body))
}

func TestAttachment_that_could_run_scripts_is_never_served_as_a_page(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptWithApproval)
	for name, content := range map[string]string{
		"text/html":              "<!DOCTYPE html><script>alert(1)</script>",
		"image/svg+xml":          `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`,
		"application/javascript": "alert(1)",
		"application/pdf":        "%PDF-1.7",
		"image/png":              "<html><script>alert(1)</script>",
	} {
		a := s.attach(s.Host, "a", name, []byte(content))
		r := s.download(s.Host, a.ID)
		require.Equal(t, "application/octet-stream", r.header.Get("Content-Type"), name)
		require.True(t, strings.HasPrefix(r.header.Get("Content-Disposition"), "attachment"), name)
	}
}

func TestAttachment_is_read_through_its_session_by_those_who_may_read_it(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptWithApproval)
	other := w.shareOn(s.Agent, protocol.ModePromptWithApproval)
	gil, vic := s.join("gil", protocol.RoleCollaborator), s.join("vic", protocol.RoleViewer)
	a := s.attach(gil, "a.txt", "text/plain", []byte("secret"))
	b := other.attach(other.Host, "a.txt", "text/plain", []byte("secret"))
	require.Equal(t, a.SHA256, b.SHA256)
	require.NotEqual(t, a.ID, b.ID)
	again := s.attach(gil, "a.txt", "text/plain", []byte("secret"))
	require.NotEqual(t, a.ID, again.ID, "nothing tells that the content was there")

	s.upload(vic, "a", "text/plain", []byte("a")).fails(protocol.CodeCommentNotAllowed)
	s.upload(other.Host, "a", "text/plain", []byte("a")).fails(protocol.CodeParticipantNotFound)
	w.call("POST", s.path("/attachments?name=a"), "a", "Content-Type", "text/plain").fails(protocol.CodeUnauthorized)
	s.download(vic, a.ID).ok(http.StatusOK, nil)
	w.call("GET", s.path("/attachments/"+a.ID), nil).fails(protocol.CodeUnauthorized)
	w.call("GET", s.path("/attachments/"+a.ID+"?"+gil.query()), nil).fails(protocol.CodeUnauthorized)
	s.download(person{ID: gil.ID, Token: vic.Token}, a.ID).fails(protocol.CodeInvalidParticipantToken)
	for _, id := range []string{b.ID, a.SHA256, "x", "%2e%2e", "..%2f" + other.ID + "%2f" + b.ID, a.ID + ".json", strings.Repeat("a", 300)} {
		s.download(gil, id).fails(protocol.CodeAttachmentNotFound)
	}
	other.download(gil, b.ID).fails(protocol.CodeParticipantNotFound)

	s.leave(gil)
	s.download(gil, a.ID).ok(http.StatusOK, nil)
	s.upload(gil, "a", "text/plain", []byte("a")).fails(protocol.CodeParticipantInactive)
	s.command(s.Host, "remove", object{"participantId": vic.ID}).ok(http.StatusOK, nil)
	s.download(vic, a.ID).fails(protocol.CodeParticipantRemoved)
	s.close()
	s.download(s.Host, a.ID).ok(http.StatusOK, nil)
	s.upload(s.Host, "a", "text/plain", []byte("a")).fails(protocol.CodeSessionInactive)
}

func TestAttachment_uploads_are_bounded(t *testing.T) {
	w := newWorld(t, func(s *setup) {
		store, err := dir.Open(t.TempDir(), blobs.Limits{File: 10 << 20, Session: 30 << 20, Total: 50 << 20})
		require.NoError(t, err)
		s.hub.Attachments = store
	})
	s, other := w.share(protocol.ModePromptWithApproval), w.share(protocol.ModePromptWithApproval)
	large := make([]byte, 10<<20+1)
	s.upload(s.Host, "large", "", large).fails(protocol.CodeTooLarge)
	for range 3 {
		s.attach(s.Host, "large", "", large[1:])
	}
	s.upload(s.Host, "one more", "", []byte("a")).fails(protocol.CodeTooLarge)
	for range 2 {
		other.attach(other.Host, "large", "", large[1:])
	}
	other.upload(other.Host, "one more", "", []byte("a")).fails(protocol.CodeStorageFull)
	other.say(other.Host, "everything else goes on")
	for _, name := range []string{"", " ", "a\nb", "a\u202eb", strings.Repeat("a", 256), "\xff"} {
		r := other.upload(other.Host, name, "", []byte("a"))
		require.Contains(t, []int{http.StatusBadRequest, http.StatusRequestEntityTooLarge}, r.status, "%q", name)
	}
}

func TestAttachment_limits_of_the_operator_are_announced_and_kept(t *testing.T) {
	open := func(limits blobs.Limits) (*session, protocol.Limits) {
		w := newWorld(t, func(s *setup) {
			store, err := dir.Open(t.TempDir(), limits)
			require.NoError(t, err)
			s.hub.Attachments = store
		})
		s := w.share(protocol.ModePromptWithApproval)
		_, welcome := s.connect(s.Host)
		return s, welcome.Limits
	}
	s, announced := open(blobs.Limits{File: 11 << 20, Session: 30 << 20, Total: 1 << 30})
	require.EqualValues(t, 11<<20, announced.AttachmentBytes)
	require.EqualValues(t, 30<<20, announced.SessionAttachmentsBytes)
	s.attach(s.Host, "large", "", make([]byte, 11<<20))
	require.Contains(t, string(s.upload(s.Host, "large", "", make([]byte, 11<<20+1)).body), "11.0 MiB")

	s, announced = open(blobs.Limits{Session: 30 << 20, Total: 1 << 30})
	require.Zero(t, announced.AttachmentBytes)
	s.upload(s.Host, "a", "", []byte("a")).fails(protocol.CodeStorageFull)
}

func TestAttachment_of_unknown_length_is_bounded_and_stored(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptWithApproval)
	send := func(size int) *http.Response {
		body := io.MultiReader(bytes.NewReader(make([]byte, size))) // hides its length
		req, err := http.NewRequestWithContext(t.Context(), "POST", w.url+s.path("/attachments?name=a"), body)
		require.NoError(t, err)
		for headers := s.Host.headers(); len(headers) > 0; headers = headers[2:] {
			req.Header.Set(headers[0], headers[1])
		}
		res, err := w.client.Do(req)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		return res
	}
	require.Equal(t, http.StatusCreated, send(100).StatusCode)
	require.Equal(t, http.StatusRequestEntityTooLarge, send(10<<20+1).StatusCode)
}

func TestAttachment_whose_upload_breaks_off_is_not_stored(t *testing.T) {
	root := t.TempDir()
	w := newWorld(t, func(s *setup) {
		store, err := dir.Open(root, blobs.DefaultLimits)
		require.NoError(t, err)
		s.hub.Attachments = store
	})
	s := w.share(protocol.ModePromptWithApproval)
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	require.NoError(t, err)
	_, err = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nParley-Participant: %s\r\nContent-Length: 100\r\n\r\nhalf",
		s.path("/attachments?name=a"), s.Host.Token, s.Host.ID)
	require.NoError(t, err)
	require.NoError(t, conn.(*net.TCPConn).CloseWrite())
	answer, err := io.ReadAll(conn)
	require.NoError(t, err)
	require.NoError(t, conn.Close())
	require.NotContains(t, string(answer), " 201 ")
	store, err := dir.Open(root, blobs.DefaultLimits)
	require.NoError(t, err)
	sessions, err := store.Sessions(t.Context())
	require.NoError(t, err)
	require.Empty(t, sessions)
}

func TestAttachment_is_part_of_prompts_and_messages_over_every_transport(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptWithApproval)
	gil := s.join("gil", protocol.RoleCollaborator)
	a := s.attach(gil, "a.png", "image/png", picture(t, 4, 3))
	content := []object{{"type": "attachment", "id": a.ID}}
	var proposed protocol.PromptAnswer
	w.call("POST", s.path("/prompts"), gil.with(object{"prompt": "look", "content": content})).ok(http.StatusOK, &proposed)
	require.Equal(t, []protocol.Content{a}, proposed.Approval.Content)
	require.Contains(t, proposed.Approval.Prompt, "look\n\n[Attachment 1: a.png, image/png, ")
	s.command(gil, "chat", object{"text": "", "content": content}).ok(http.StatusOK, nil)
	w.call("POST", s.path("/messages"), gil.with(object{"text": "here", "content": content})).ok(http.StatusOK, nil)
	s.command(gil, "prompt", object{"prompt": "look", "content": []object{{"type": "attachment", "id": "gone"}}}).fails404(t)

	var messages protocol.MessagesAnswer
	w.call("GET", s.path("/messages"), nil).ok(http.StatusOK, &messages)
	require.Len(t, messages.Messages, 3)
	for _, m := range messages.Messages {
		require.Equal(t, []protocol.Content{a}, m.Content)
		require.Contains(t, m.Text, "a.png", "old clients read the name")
	}
	var state struct{ Approvals []json.RawMessage }
	w.call("GET", s.path(""), nil).ok(http.StatusOK, &state)
	require.Contains(t, string(state.Approvals[0]), a.ID)
}

func (r reply) fails404(t *testing.T) {
	t.Helper()
	require.Equal(t, http.StatusNotFound, r.status, string(r.body))
	require.Contains(t, string(r.body), protocol.CodeAttachmentNotFound)
}

func TestAttachment_reaches_the_agent_which_can_send_it_back(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptWithApproval)
	image := s.attach(s.Host, "a.png", "image/png", picture(t, 40, 30))
	archive := s.attach(s.Host, "../etc/a b.zip", "application/zip", []byte("PK\x03\x04"))
	es := s.stream(s.Host, "")
	defer es.close()
	w.call("POST", s.path("/prompts"), s.Host.with(object{"prompt": "Look", "content": []object{
		{"type": "attachment", "id": image.ID}, {"type": "attachment", "id": archive.ID},
	}})).ok(http.StatusOK, nil)
	said := ""
	for _, e := range es.until(protocol.EventPromptDispatchCompleted) {
		said += saidIn(e.Data)
	}
	require.Contains(t, said, "40 × 30")
	require.Contains(t, said, `"type":"image"`)
	require.Contains(t, said, "4 bytes")
	require.NotContains(t, said, "cannot be read")
}

// saidIn returns the text of a message of the agent, or the whole event.
func saidIn(event string) string {
	var e struct {
		Payload struct {
			Notification struct {
				Params struct {
					Update struct{ Content struct{ Text string } }
				}
			}
		}
	}
	if json.Unmarshal([]byte(event), &e) == nil && e.Payload.Notification.Params.Update.Content.Text != "" {
		return e.Payload.Notification.Params.Update.Content.Text
	}
	return event
}
