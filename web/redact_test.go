package web_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/redact"
	"parley/protocol"
)

const (
	demoSecret   = "AKIAIOSFODNN7EXAMPLE"
	demoPassword = "not-a-real-one"
)

// redacting makes a server mask secrets.
func redacting(t *testing.T) func(*setup) {
	t.Helper()
	rules, err := redact.New(redact.Options{Patterns: []string{`TICKET-[0-9]+`}})
	require.NoError(t, err)
	return func(s *setup) { s.hub.Redact = rules }
}

// seen is what a reader receives of a session.
type seen struct {
	raw   []byte
	said  string
	types []protocol.EventType // without pieces of texts and the agent's status
	marks map[protocol.Redaction]int
}

// add takes an encoded event, and reports whether it ends the turn.
func (s *seen) add(t *testing.T, raw []byte) (ended bool) {
	s.raw = append(s.raw, raw...)
	e := decodeEvent(t, raw)
	if s.marks == nil {
		s.marks = map[protocol.Redaction]int{}
	}
	s.marks[e.Redaction]++
	var r reading
	if ended = r.add(t, e); r.pieces == 0 && e.Type != protocol.EventAgentStatus { // which the stop of the server adds
		s.types = append(s.types, e.Type)
	}
	s.said += r.text
	return ended
}

func (s *seen) addAll(t *testing.T, events []json.RawMessage) {
	for _, e := range events {
		s.add(t, e)
	}
}

// follow reads the lines of a WebSocket until the turn has ended.
func (c *wsClient) follow(t *testing.T) (s seen) {
	t.Helper()
	for {
		e := c.event()
		raw, err := json.Marshal(e)
		require.NoError(t, err)
		if s.add(t, raw) {
			return s
		}
	}
}

// follow reads a stream until the turn has ended.
func (es *eventSource) follow(t *testing.T) (s seen) {
	t.Helper()
	for {
		if e := es.next(); e.Type != protocol.TypeConnected && s.add(t, []byte(e.Data)) {
			return s
		}
	}
}

// pages reads all events of the archive.
func (s *session) pages(t *testing.T, p person, limit string) (all seen) {
	t.Helper()
	for cursor, more := "", true; more; {
		var page protocol.ArchiveAnswer
		s.w.call("GET", s.path("/archive?limit="+limit+"&cursor="+cursor), nil, p.headers()...).ok(http.StatusOK, &page)
		all.addAll(t, page.Events)
		cursor, more = page.Cursor, page.More
	}
	return all
}

// polls returns what a participant receives by long polls after an event.
func (s *session) polls(t *testing.T, p person, after string) (all seen) {
	for {
		var page protocol.EventsAnswer
		s.w.call("GET", s.path("/events?limit=7&after="+after+"&"+p.query()), nil).ok(http.StatusOK, &page)
		if all.addAll(t, page.Events); len(page.Events) == 0 {
			return all
		}
		after = page.Cursor
	}
}

func TestRedact_every_read_shows_a_guest_the_same_masked_text(t *testing.T) {
	w := newWorld(t, redacting(t))
	s := w.share(protocol.ModePromptWithApproval)
	gil, host := s.join("gil", protocol.RoleCollaborator), s.Host
	begin := s.pages(t, gil, "500")
	require.NotContains(t, string(begin.raw), protocol.TypeHidden)
	var first protocol.ArchiveAnswer
	w.call("GET", s.path("/archive?limit=1"), nil, gil.headers()...).ok(http.StatusOK, &first)

	plain, _ := s.connect(gil)
	lean, _ := s.connect(gil, object{"maxDelayMs": 100})
	stream, leanStream := s.stream(gil, ""), s.stream(gil, "&maxDelayMs=100")
	whole, _ := s.connect(host)
	s.say(host, "see TICKET-7")
	s.say(gil, "the key is "+demoSecret)
	waiting := s.prompt(s.join("pia", protocol.RoleCollaborator), "use "+demoSecret)
	s.prompt(host, "secret")

	want := plain.follow(t)
	require.Contains(t, want.said, "this key: [redacted]. The host")
	require.Equal(t, 0, want.marks[protocol.RedactionOriginal])
	require.Greater(t, want.marks[protocol.RedactionMasked], 3)
	original := whole.follow(t)
	require.Contains(t, original.said, "this key: "+demoSecret+". The host")
	require.Contains(t, string(original.raw), demoPassword)
	require.Contains(t, string(original.raw), "TICKET-7")
	require.Equal(t, 0, original.marks[protocol.RedactionMasked])
	require.Equal(t, want.marks[protocol.RedactionMasked], original.marks[protocol.RedactionOriginal], "the host is told")

	check := func(t *testing.T, got seen, all bool) {
		t.Helper()
		require.Equal(t, want.said, got.said)
		for _, secret := range []string{demoSecret, demoSecret[:8], demoPassword, "TICKET-7"} {
			require.NotContains(t, string(got.raw), secret)
		}
		if all {
			require.Equal(t, want.types, got.types[len(got.types)-len(want.types):])
		}
	}
	check(t, want, true)
	check(t, lean.follow(t), true)
	check(t, stream.follow(t), true)
	check(t, leanStream.follow(t), true)
	reads := func(t *testing.T, s *session) {
		t.Helper()
		again, _ := s.connect(gil, object{"cursor": first.Cursor})
		check(t, again.follow(t), true)
		againLean, _ := s.connect(gil, object{"cursor": first.Cursor, "maxDelayMs": 50})
		check(t, againLean.follow(t), true)
		for _, limit := range []string{"500", "3"} {
			check(t, s.pages(t, gil, limit), true)
		}
		replay := s.stream(gil, "&since="+first.Cursor)
		check(t, replay.follow(t), true)
		check(t, s.polls(t, gil, first.Cursor), true)
		var page protocol.HistoryAnswer
		s.command(gil, "history", object{"limit": 500}).okLine(&page)
		var history seen
		history.addAll(t, page.Events)
		check(t, history, true)
		c, welcome := s.connect(gil, object{"recent": 200})
		var recent seen
		recent.addAll(t, welcome.Recent)
		check(t, recent, false)
		require.Equal(t, "use [redacted]", welcome.Approvals[0].Prompt)
		c.send(commandLine("item", "item", object{"approvalId": waiting.ID}))
		require.NotContains(t, string(c.ok("item").Payload), demoSecret)
		for _, path := range []string{"", "/messages"} {
			for _, headers := range [][]string{gil.headers(), nil} {
				body := string(s.w.call("GET", s.path(path), nil, headers...).ok(http.StatusOK, nil).body)
				require.NotContains(t, body, demoSecret)
				require.Contains(t, body, "use [redacted]")
			}
			require.Contains(t, string(s.w.call("GET", s.path(path), nil, host.headers()...).body), "use "+demoSecret)
		}
	}
	reads(t, s)
	t.Run("what the host decides on is whole", func(t *testing.T) {
		_, welcome := s.connect(host)
		require.Equal(t, "use "+demoSecret, welcome.Approvals[0].Prompt)
	})
	t.Run("also after a restart", func(t *testing.T) {
		w.stop()
		after := newWorld(t, redacting(t), func(next *setup) { next.dir = w.setup.dir })
		now := *s
		now.w = after
		reads(t, &now)
	})
	t.Run("also if nothing is masked any more, or other secrets are", func(t *testing.T) {
		after := newWorld(t, func(next *setup) { next.dir, next.journal = w.setup.dir, nil })
		now := *s
		now.w = after
		check(t, now.pages(t, gil, "100"), true)
	})
}

func TestRedact_a_secret_shows_only_when_it_can_be_none(t *testing.T) {
	w := newWorld(t, redacting(t))
	s := w.share(protocol.ModePromptDirect)
	gil, _ := s.connect(s.join("gil", protocol.RoleCollaborator))
	begin := time.Now()
	s.prompt(s.Host, "long")
	got := gil.follow(t)
	require.Contains(t, got.said, "That is all.")
	require.Zero(t, got.marks[protocol.RedactionMasked], "took %v", time.Since(begin))
}

func TestRedact_files_with_a_secret_are_for_the_host_and_their_author(t *testing.T) {
	w := newWorld(t, redacting(t))
	s := w.share(protocol.ModePromptDirect)
	gil, pia := s.join("gil", protocol.RoleCollaborator), s.join("pia", protocol.RoleViewer)
	upload := func(text string) string {
		var answer protocol.AttachmentAnswer
		w.call("POST", s.path("/attachments?name=notes.txt"), text, append(gil.headers(), "Content-Type", "text/plain")...).ok(http.StatusCreated, &answer)
		return s.path("/attachments/" + answer.Attachment.ID)
	}
	harmless, secret := upload("nothing to hide"), upload("nothing but "+demoSecret)
	for _, p := range []person{s.Host, gil, pia} {
		require.Equal(t, "nothing to hide", string(w.call("GET", harmless, nil, p.headers()...).ok(http.StatusOK, nil).body))
	}
	for _, p := range []person{s.Host, gil} {
		require.Contains(t, string(w.call("GET", secret, nil, p.headers()...).ok(http.StatusOK, nil).body), demoSecret)
	}
	w.call("GET", secret, nil, pia.headers()...).fails(protocol.CodeRedacted)
	w.call("HEAD", secret, nil, pia.headers()...).ok(http.StatusForbidden, nil)
}

func TestRedact_a_mask_does_not_become_the_text_of_a_prompt(t *testing.T) {
	w := newWorld(t, redacting(t))
	s := w.share(protocol.ModePromptWithApproval)
	gil := s.join("gil", protocol.RoleCollaborator)
	a := s.prompt(gil, "use "+demoSecret)
	edit := func(text string) reply {
		return w.call("POST", s.path("/approvals/"+a.ID+"/edit"), gil.with(object{"prompt": text}))
	}
	edit("please use [redacted]").fails(protocol.CodeRedacted)
	var whole protocol.ItemAnswer
	s.command(gil, "item", object{"approvalId": a.ID}).okLine(&whole)
	require.Equal(t, "use "+demoSecret, whole.Approval.Prompt, "the author can read the whole")
	edit("please use "+demoSecret).ok(http.StatusOK, nil)
}
