package web_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/blobs"
	"parley/hub/blobs/dir"
	"parley/hub/journal"
	"parley/protocol"
)

// uploading is a session without a network, whose attachments are on disk.
type uploading struct {
	*session
	store *dir.Store
	root  string
}

// inUploading runs f in a synctest bubble. The store holds a session's files of limit bytes.
func inUploading(t *testing.T, limit int64, f func(t *testing.T, u *uploading)) {
	root := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		store, err := dir.Open(root, blobs.Limits{File: 10 << 20, Session: limit, Total: 1 << 30})
		require.NoError(t, err)
		w := newBubble(t, func(s *setup) { s.hub.Attachments = store })
		u := &uploading{w.share(protocol.ModePromptWithApproval), store, root}
		f(t, u)
		w.stop()
	})
}

func (u *uploading) id() journal.SessionID {
	id, err := journal.ParseSessionID(u.ID)
	require.NoError(u.w.t, err)
	return id
}

// begin sends a file of a size, and the status of the answer to the returned channel; 0 if
// there is no answer.
func (u *uploading) begin(ctx context.Context, p person, name string, content io.Reader, size int) <-chan int {
	status := make(chan int, 1)
	req, err := http.NewRequestWithContext(ctx, "POST", u.w.url+u.path("/attachments?name="+name), content)
	require.NoError(u.w.t, err)
	req.ContentLength = int64(size)
	for headers := p.headers(); len(headers) > 0; headers = headers[2:] {
		req.Header.Set(headers[0], headers[1])
	}
	go func() {
		res, err := u.w.client.Do(req)
		if err != nil {
			status <- 0
			return
		}
		defer res.Body.Close()
		_, _ = io.Copy(io.Discard, res.Body)
		status <- res.StatusCode
	}()
	return status
}

// stored returns the names of the contents of the session, and of unfinished files.
func (u *uploading) stored() (contents, unfinished []string) {
	for pattern, into := range map[string]*[]string{filepath.Join(u.root, u.ID, "*"): &contents, filepath.Join(u.root, "tmp", "*"): &unfinished} {
		all, err := filepath.Glob(pattern)
		require.NoError(u.w.t, err)
		for _, path := range all {
			if !strings.HasSuffix(path, ".json") {
				*into = append(*into, filepath.Base(path))
			}
		}
	}
	return contents, unfinished
}

// flushed is more bytes than the HTTP client buffers.
const flushed = 8 << 10

// gated is a content that stops after its first part until the gate opens.
func gated(first, rest string, gate <-chan struct{}) io.Reader {
	return io.MultiReader(strings.NewReader(first), gateReader(gate), strings.NewReader(rest))
}

// gateReader is an empty reader that waits for its channel to be closed.
type gateReader <-chan struct{}

// Read implements [io.Reader].
func (g gateReader) Read([]byte) (int, error) {
	<-g
	return 0, io.EOF
}

// people joins n people, who can upload.
func (u *uploading) people(n int) (all []person) {
	for i := range n {
		all = append(all, u.join(fmt.Sprint("person ", i), protocol.RoleCollaborator))
	}
	return all
}

// Every content is uploaded by two people.
func TestAttachment_a_hundred_uploads_at_once_are_stored_or_refused_for_the_moment(t *testing.T) {
	inUploading(t, 200<<20, func(t *testing.T, u *uploading) {
		people, gate := u.people(25), make(chan struct{})
		content := func(i int) (first, rest string) {
			return fmt.Sprint("content ", i/2, strings.Repeat("x", flushed)), "rest"
		}
		var answers []<-chan int
		for i := range 100 {
			first, rest := content(i)
			answers = append(answers, u.begin(t.Context(), people[i%25], fmt.Sprint(i), gated(first, rest, gate), len(first+rest)))
		}
		synctest.Wait()
		u.say(people[0], "everything else goes on")
		close(gate)
		var again []int // the uploads that were refused
		for i, answer := range answers {
			if status := <-answer; status != http.StatusCreated {
				require.Equal(t, http.StatusTooManyRequests, status)
				again = append(again, i)
			}
		}
		require.Len(t, again, 36, "64 are received at a time")
		for _, i := range again {
			first, rest := content(i)
			u.attach(people[i%25], fmt.Sprint(i), "", []byte(first+rest))
		}
		contents, unfinished := u.stored()
		require.Len(t, contents, 50)
		require.Empty(t, unfinished)
		files, err := u.store.Files(t.Context(), u.id())
		require.NoError(t, err)
		require.Len(t, files, 100)
		for _, f := range files {
			var i int
			_, err := fmt.Sscan(f.Name, &i)
			require.NoError(t, err)
			first, rest := content(i)
			require.Equal(t, first+rest, string(u.download(people[0], f.ID).body))
		}
	})
}

func TestAttachment_a_hundred_aborted_uploads_leave_nothing(t *testing.T) {
	inUploading(t, 8<<20, func(t *testing.T, u *uploading) {
		people := u.people(25)
		for range 5 { // each time, they would fill the session
			ctx, abort := context.WithCancel(t.Context())
			var answers []<-chan int
			for i := range 20 {
				answers = append(answers, u.begin(ctx, people[i], "a", gated(strings.Repeat("x", 300<<10), "", ctx.Done()), 400<<10))
			}
			synctest.Wait()
			abort()
			for _, answer := range answers {
				require.NotEqual(t, http.StatusCreated, <-answer)
			}
			synctest.Wait()
			contents, unfinished := u.stored()
			require.Empty(t, contents)
			require.Empty(t, unfinished)
		}
		u.attach(people[0], "a", "", make([]byte, 8<<20))
	})
}

// A slow upload may take as long as the largest file at the lowest rate, and an upload that
// stalls ends after 30 seconds. Then another one has its place.
func TestAttachment_slow_uploads_end_in_time(t *testing.T) {
	for name, test := range map[string]struct {
		pause        time.Duration
		least, limit time.Duration
	}{
		"one that stalls":       {time.Hour, 30 * time.Second, 31 * time.Second},
		"one that hardly flows": {25 * time.Second, 10 * time.Minute, 12 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			inUploading(t, 20<<20, func(t *testing.T, u *uploading) {
				began, end := time.Now(), make(chan struct{})
				var answers []<-chan int
				for range 4 {
					answers = append(answers, u.begin(t.Context(), u.Host, "slow", &trickle{end: end, pause: test.pause}, 5<<20))
				}
				synctest.Wait()
				u.upload(u.Host, "one too many", "", []byte("a")).fails(protocol.CodeRateLimited)
				for _, answer := range answers {
					require.NotEqual(t, http.StatusCreated, <-answer)
				}
				took := time.Since(began)
				require.GreaterOrEqual(t, took, test.least)
				require.LessOrEqual(t, took, test.limit)
				u.attach(u.Host, "now", "", []byte("a"))
				close(end)
				_, unfinished := u.stored()
				require.Empty(t, unfinished)
			})
		})
	}
}

// trickle is an endless content of which a little comes before each pause.
type trickle struct {
	end   <-chan struct{} // closed to end it
	pause time.Duration
	begun bool
}

// Read implements [io.Reader].
func (r *trickle) Read(p []byte) (int, error) {
	if r.begun {
		select {
		case <-time.After(r.pause):
		case <-r.end:
			return 0, io.EOF
		}
	}
	r.begun = true
	return copy(p, make([]byte, flushed)), nil
}

// Whoever has begun to download a file receives all of it.
func TestAttachment_a_download_goes_on_while_its_file_is_deleted(t *testing.T) {
	inUploading(t, 20<<20, func(t *testing.T, u *uploading) {
		content := bytes.Repeat([]byte("0123456789abcdef"), 5<<16)
		a := u.attach(u.Host, "a", "", content)
		same := u.attach(u.join("gil", protocol.RoleCollaborator), "a", "", content)
		req, err := http.NewRequestWithContext(t.Context(), "GET", u.w.url+u.path("/attachments/"+a.ID), nil)
		require.NoError(t, err)
		for headers := u.Host.headers(); len(headers) > 0; headers = headers[2:] {
			req.Header.Set(headers[0], headers[1])
		}
		res, err := u.w.client.Do(req)
		require.NoError(t, err)
		got := make([]byte, 1000)
		_, err = io.ReadFull(res.Body, got)
		require.NoError(t, err)
		require.NoError(t, u.store.Delete(t.Context(), u.id(), a.ID, time.Now().Add(time.Second)))
		u.download(u.Host, a.ID).fails(protocol.CodeAttachmentNotFound)
		require.Equal(t, content, u.download(u.Host, same.ID).body, "the same content of another person stays")
		require.NoError(t, u.store.DeleteSession(t.Context(), u.id()))
		rest, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, content, append(got, rest...))
		_, err = os.Stat(filepath.Join(u.root, u.ID))
		require.True(t, errors.Is(err, os.ErrNotExist))
	})
}
