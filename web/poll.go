package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"parley/hub"
	"parley/hub/feed"
	"parley/protocol"
)

const (
	maxPollWait      = 60 // seconds
	defaultPollLimit = 100
)

// pollQuery is the query of a long poll.
type pollQuery struct {
	after string        // a cursor; "" for events from now on
	wait  time.Duration // for the first event
	limit int           // most events of an answer
}

// poll answers with the events after a cursor. If there are none it waits for the
// next one, and answers with none when the wait is over.
func (s *Server) poll(r *http.Request, _ []byte) (*protocol.EventsAnswer, error) {
	if err := refuseHead(r); err != nil {
		return nil, err
	}
	query := r.URL.Query()
	caller, err := s.queryCredentials(r, query)
	if err != nil {
		return nil, err
	}
	q, err := s.parsePollQuery(query)
	if err != nil {
		return nil, err
	}
	caller.ReadOnly = query.Get("readOnly") == "true"
	if q.after != "" {
		answer, err := s.pollJournal(r, caller, q)
		if answer != nil || err != nil {
			return answer, err
		}
	}
	return s.pollLive(r, caller, q)
}

func (s *Server) parsePollQuery(query url.Values) (pollQuery, error) {
	q := pollQuery{after: query.Get("after")}
	if given := query.Get("wait"); given != "" {
		seconds, err := strconv.Atoi(given)
		if err != nil || seconds < 0 {
			return q, protocol.Errorf(protocol.CodeInvalidRequest, "wait must be a number of seconds")
		}
		q.wait = time.Duration(min(seconds, maxPollWait)) * time.Second
	}
	var err error
	q.limit, err = s.eventLimit(query, defaultPollLimit)
	return q, err
}

// eventLimit returns the most events that a query asks for, or missing if it does not
// say.
func (s *Server) eventLimit(query url.Values, missing int) (int, error) {
	given := query.Get("limit")
	if given == "" {
		return min(missing, s.options.Limits.HistoryLimit), nil
	}
	limit, err := strconv.Atoi(given)
	if err != nil || limit < 1 || limit > s.options.Limits.HistoryLimit {
		return 0, protocol.Errorf(protocol.CodeInvalidRequest, "limit must be 1 to %d", s.options.Limits.HistoryLimit)
	}
	return limit, nil
}

// pollJournal answers with the events after the cursor. It returns nil if the request
// must wait for one, or if the cursor is not of this journal.
func (s *Server) pollJournal(r *http.Request, caller hub.Credentials, q pollQuery) (*protocol.EventsAnswer, error) {
	found, err := s.pollOnce(r, caller, q)
	if hasEnded(err) && !caller.ReadOnly {
		// The events up to the end can still be read.
		reader := caller
		reader.ReadOnly = true
		if last, readErr := s.pollOnce(r, reader, q); readErr == nil && len(last.Events) > 0 {
			found, err = last, nil
		}
	}
	switch {
	case err != nil:
		return nil, err
	case found.Gap, len(found.Events) == 0 && q.wait > 0:
		return nil, nil
	case len(found.Events) == 0:
		return &protocol.EventsAnswer{Events: found.Events, Cursor: q.after}, nil
	}
	var last struct {
		Cursor string `json:"cursor"`
	}
	if err := json.Unmarshal(found.Events[len(found.Events)-1], &last); err != nil {
		return nil, err
	}
	return &protocol.EventsAnswer{Events: found.Events, Cursor: last.Cursor}, nil
}

func (s *Server) pollOnce(r *http.Request, caller hub.Credentials, q pollQuery) (found *protocol.HistoryAnswer, err error) {
	which := &protocol.History{After: q.after, Limit: q.limit}
	err = s.attempt(r, which, func() error {
		found, err = s.hub.Poll(r.Context(), r.PathValue("id"), caller, which)
		return err
	})
	return found, err
}

// hasEnded reports whether err means that the session or the participation has
// ended.
func hasEnded(err error) bool {
	e, ok := asProtocol(err)
	return ok && (e.Code == protocol.CodeSessionInactive || e.Code == protocol.CodeParticipantInactive)
}

// pollLive subscribes and waits. It resumes from the cursor, so that no event since
// pollJournal is missed.
func (s *Server) pollLive(r *http.Request, caller hub.Credentials, q pollQuery) (*protocol.EventsAnswer, error) {
	if err := s.live.Enter(); err != nil {
		return nil, err
	}
	defer s.live.Leave()
	ctx, cancel := s.live.WithShutdown(r.Context())
	defer cancel()
	sub, err := s.live.Subscribe(ctx, r, r.PathValue("id"), caller, q.after)
	if err != nil {
		return nil, err
	}
	defer sub.Close()
	at, resume, err := sub.Opening(ctx)
	if err != nil {
		return nil, err
	}
	answer := &protocol.EventsAnswer{
		Events: []json.RawMessage{}, Cursor: at.String(), Gap: resume == protocol.ResumeGap,
	}
	if answer.Gap || q.wait == 0 {
		return answer, nil
	}
	ctx, stop := context.WithTimeout(ctx, q.wait)
	defer stop()
	lines, err := sub.Next(ctx)
	for _, line := range lines[:min(len(lines), q.limit)] {
		answer.Events = append(answer.Events, line.Bytes)
		answer.Cursor = line.Cursor
	}
	return answer, pollError(err)
}

// pollError returns nil for an error that only means that the wait is over, because
// its time, the session or the server has ended.
func pollError(err error) error {
	if _, closed := errors.AsType[*feed.Closed](err); closed || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// archive answers with a page of a session's events: after a cursor, before one, or
// from the first. Every participant who was not removed may read it.
func (s *Server) archive(r *http.Request, _ []byte) (answer *protocol.ArchiveAnswer, err error) {
	query := r.URL.Query()
	caller, err := s.queryCredentials(r, query)
	if err != nil {
		return nil, err
	}
	which := protocol.History{After: query.Get("cursor"), Before: query.Get("before")}
	if which.Limit, err = s.eventLimit(query, s.options.Limits.HistoryLimit); err != nil {
		return nil, err
	}
	if err := which.Normalize(s.options.Limits); err != nil {
		return nil, err
	}
	err = s.attempt(r, nil, func() error {
		answer, err = s.hub.Archive(r.Context(), r.PathValue("id"), caller, which)
		return err
	})
	return answer, err
}

// export answers with a page of an export, which can be checked without the server.
func (s *Server) export(r *http.Request, _ []byte) (answer *protocol.ExportAnswer, err error) {
	query := r.URL.Query()
	caller, err := s.queryCredentials(r, query)
	if err != nil {
		return nil, err
	}
	err = s.attempt(r, nil, func() error {
		answer, err = s.hub.Export(r.Context(), r.PathValue("id"), caller, query.Get("cursor"))
		return err
	})
	return answer, err
}
