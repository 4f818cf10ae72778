package hub_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/blobs"
	"parley/hub/blobs/dir"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// newStore returns an empty store for attachments.
func newStore(t *testing.T) *dir.Store {
	store, err := dir.Open(t.TempDir(), blobs.DefaultLimits)
	require.NoError(t, err)
	return store
}

// upload uploads a text for a participant.
func (r *room) upload(c hub.Credentials, content string) protocol.Content {
	r.t.Helper()
	a, err := r.hub.Upload(r.t.Context(), r.id, c, hub.Upload{Name: "a.txt", Content: strings.NewReader(content), Size: int64(len(content))})
	require.NoError(r.t, err)
	return a
}

// isStored reports whether a file can be read.
func (r *room) isStored(a protocol.Content) bool {
	r.t.Helper()
	_, content, err := r.hub.Attachment(r.t.Context(), r.id, r.hostCredentials(), a.ID)
	if err != nil {
		requireCode(r.t, protocol.CodeAttachmentNotFound, err)
		return false
	}
	require.NoError(r.t, content.Close())
	return true
}

func block(a protocol.Content) []protocol.ContentBlock {
	return []protocol.ContentBlock{{Type: protocol.ContentAttachment, ID: a.ID}}
}

func TestAttachments_that_nothing_names_are_deleted_after_an_hour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{Attachments: newStore(t)})
		ben := r.join("ben")
		early := r.upload(ben.credentials(), "uploaded before the restart")
		inChat, proposed, direct := r.upload(ben.credentials(), "1"), r.upload(ben.credentials(), "2"), r.upload(r.hostCredentials(), "3")
		refused := r.upload(ben.credentials(), "4")
		ben.do(&protocol.Chat{Content: block(inChat)}, nil)
		var answer protocol.PromptAnswer
		ben.do(&protocol.Prompt{Prompt: "a", Content: block(proposed)}, &answer)
		r.host.do(&protocol.Prompt{Prompt: "b", Content: block(direct)}, nil)
		require.Equal(t, protocol.CodePromptNotAsExpected, ben.errorCode(&protocol.Prompt{Prompt: "c", As: protocol.PromptAsDirect, Content: block(refused)}))
		r.host.do(&protocol.Approve{ApprovalID: answer.Approval.ID, Action: protocol.ActionReject}, nil)
		for i := range 600 { // more than one page of messages
			r.host.do(&protocol.Chat{Text: fmt.Sprint(i)}, nil)
		}
		late := r.upload(r.hostCredentials(), "named at the end")
		r.host.do(&protocol.Chat{Content: block(late)}, nil)

		advance(50 * time.Minute)
		require.True(t, r.isStored(early))
		r.restart()
		advance(30 * time.Minute)
		require.False(t, r.isStored(early))
		require.False(t, r.isStored(refused))
		for range 3 {
			for _, a := range []protocol.Content{inChat, proposed, direct, late} {
				require.True(t, r.isStored(a))
			}
			advance(10 * time.Hour)
		}
	})
}

func TestAttachments_used_shortly_before_the_hour_is_over_are_kept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{Attachments: newStore(t)})
		a := r.upload(r.hostCredentials(), "a")
		advance(59 * time.Minute)
		require.Equal(t, protocol.CodePromptNotAsExpected, r.host.errorCode(&protocol.Prompt{Prompt: "a", As: protocol.PromptAsProposal, Content: block(a)}))
		advance(59 * time.Minute)
		require.True(t, r.isStored(a), "the author may try again")
		r.host.do(&protocol.Prompt{Prompt: "a", Content: block(a)}, nil)
		advance(24 * time.Hour)
		require.True(t, r.isStored(a))
	})
}

func TestAttachments_of_sessions_that_do_not_exist_are_deleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newStore(t)
		gone := journal.SessionID{9}
		_, err := store.Put(t.Context(), gone, blobs.File{ID: "a", Keep: true}, strings.NewReader("a"), 1)
		require.NoError(t, err)
		r, _ := newRoom(t, hub.Options{Attachments: store})
		advance(time.Minute)
		sessions, err := store.Sessions(t.Context())
		require.NoError(t, err)
		require.Empty(t, sessions)
		_ = r
	})
}

func TestUpload_is_bounded_for_each_participant_at_a_time(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{Attachments: newStore(t)})
		ben := r.join("ben")
		started, proceed := make(chan struct{}, 4), make(chan struct{})
		done := make(chan error, 4)
		for range 4 {
			go func() {
				_, err := r.hub.Upload(t.Context(), r.id, ben.credentials(), hub.Upload{Name: "a", Content: &slowReader{started, proceed, false}, Size: -1})
				done <- err
			}()
			<-started
		}
		_, err := r.hub.Upload(t.Context(), r.id, ben.credentials(), hub.Upload{Name: "a", Content: strings.NewReader("a"), Size: 1})
		requireCode(t, protocol.CodeRateLimited, err)
		r.upload(r.hostCredentials(), "others are not affected")
		close(proceed)
		for range 4 {
			require.NoError(t, <-done)
		}
		r.upload(ben.credentials(), "and now there is room")
	})
}

// slowReader yields nothing, and says so when the test lets it proceed.
type slowReader struct {
	started chan<- struct{}
	proceed <-chan struct{}
	ended   bool
}

// Read implements [io.Reader].
func (r *slowReader) Read([]byte) (int, error) {
	if !r.ended {
		r.ended = true
		r.started <- struct{}{}
		<-r.proceed
	}
	return 0, io.EOF
}

func TestLimits_of_attachments_are_those_of_the_store(t *testing.T) {
	for _, test := range []struct {
		store         blobs.Limits
		file, command int64 // of the hub
	}{
		{blobs.DefaultLimits, 10 << 20, 20 << 20},
		{blobs.Limits{File: 64 << 20, Session: 100 << 20, Total: 1 << 30}, 64 << 20, 64 << 20},
		{blobs.Limits{File: 1 << 20, Session: 5 << 20, Total: 1 << 30}, 1 << 20, 5 << 20},
		{blobs.Limits{Session: 5 << 20, Total: 1 << 30}, 0, 0},
	} {
		store, err := dir.Open(t.TempDir(), test.store)
		require.NoError(t, err)
		l := hub.New(nil, nil, rules.Key{}, hub.Options{Attachments: store}).Limits()
		require.Equal(t, test.file, l.AttachmentBytes)
		require.Equal(t, test.command, l.AttachmentsBytes)
		require.Equal(t, protocol.DefaultLimits.ContentBlocks, l.ContentBlocks, "links need no store")
	}
}

func TestUpload_is_bounded_for_all_participants_together(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{Attachments: newStore(t), MaxUploads: 1})
		started, proceed, done := make(chan struct{}, 1), make(chan struct{}), make(chan error, 1)
		go func() {
			_, err := r.hub.Upload(t.Context(), r.id, r.join("ben").credentials(), hub.Upload{Name: "a", Content: &slowReader{started, proceed, false}, Size: -1})
			done <- err
		}()
		<-started
		_, err := r.hub.Upload(t.Context(), r.id, r.hostCredentials(), hub.Upload{Name: "a", Content: strings.NewReader("a"), Size: 1})
		requireCode(t, protocol.CodeRateLimited, err)
		close(proceed)
		require.NoError(t, <-done)
		r.upload(r.hostCredentials(), "and now there is room")
	})
}

func TestUpload_without_a_store_is_refused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := newRoom(t, hub.Options{})
		_, err := r.hub.Upload(t.Context(), r.id, r.hostCredentials(), hub.Upload{Name: "a", Content: strings.NewReader("a"), Size: 1})
		requireCode(t, protocol.CodeStorageFull, err)
		require.Equal(t, protocol.CodeAttachmentNotFound, r.host.errorCode(&protocol.Prompt{Prompt: "a", Content: block(protocol.Content{ID: "a"})}))
	})
}
