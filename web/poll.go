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

// pollQuery is what a long poll asks for.
type pollQuery struct {
	after string        // a cursor; without one, from now on
	wait  time.Duration // how long to wait for the first event
	limit int           // events at most
}

// poll answers with the events after a cursor: at once when there are any,
// else with the next, or with none when the wait is over.
func (s *Server) poll(r *http.Request, _ []byte) (any, error) {
	if err := live(r); err != nil {
		return nil, err
	}
	query := r.URL.Query()
	who, err := queryCredentials(r, query)
	if err != nil {
		return nil, err
	}
	q, err := s.readPoll(query)
	if err != nil {
		return nil, err
	}
	who.ReadOnly = query.Get("readOnly") == "true"
	if q.after != "" {
		answer, err := s.pollJournal(r, who, q)
		if answer != nil || err != nil {
			return answer, err
		}
	}
	return s.pollLive(r, who, q)
}

func (s *Server) readPoll(query url.Values) (pollQuery, error) {
	q := pollQuery{after: query.Get("after")}
	if given := query.Get("wait"); given != "" {
		seconds, err := strconv.Atoi(given)
		if err != nil || seconds < 0 {
			return q, protocol.Errorf(protocol.CodeInvalidRequest, "wait is a number of seconds")
		}
		q.wait = time.Duration(min(seconds, maxPollWait)) * time.Second
	}
	var err error
	q.limit, err = s.readLimit(query, defaultPollLimit)
	return q, err
}

// readLimit returns how many events a query asks for at most.
func (s *Server) readLimit(query url.Values, otherwise int) (int, error) {
	given := query.Get("limit")
	if given == "" {
		return min(otherwise, s.o.Limits.HistoryLimit), nil
	}
	limit, err := strconv.Atoi(given)
	if err != nil || limit < 1 || limit > s.o.Limits.HistoryLimit {
		return 0, protocol.Errorf(protocol.CodeInvalidRequest, "limit is 1 to %d", s.o.Limits.HistoryLimit)
	}
	return limit, nil
}

// pollJournal answers with what has happened since the cursor. It returns nil
// where somebody has to wait for it, or the cursor means nothing here.
func (s *Server) pollJournal(r *http.Request, who hub.Credentials, q pollQuery) (*protocol.EventsAnswer, error) {
	found, err := s.pollOnce(r, who, q)
	if hasEnded(err) && !who.ReadOnly {
		// What happened up to the end is still told.
		reader := who
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

func (s *Server) pollOnce(r *http.Request, who hub.Credentials, q pollQuery) (found *protocol.HistoryAnswer, err error) {
	which := &protocol.History{After: q.after, Limit: q.limit}
	err = s.addresses.attempt(r.Context(), r.RemoteAddr, which, func() error {
		found, err = s.hub.Poll(r.Context(), r.PathValue("id"), who, which)
		return err
	})
	return found, err
}

// hasEnded reports whether an error says that the session or the participation
// is over.
func hasEnded(err error) bool {
	e, ok := asProtocol(err)
	return ok && (e.Code == protocol.CodeSessionInactive || e.Code == protocol.CodeParticipantInactive)
}

// pollLive subscribes and waits. It resumes from the cursor, so what happened
// since pollJournal looked is not missed.
func (s *Server) pollLive(r *http.Request, who hub.Credentials, q pollQuery) (*protocol.EventsAnswer, error) {
	if err := s.open.enter(); err != nil {
		return nil, err
	}
	defer s.open.leave()
	ctx, cancel := s.open.until(r.Context())
	defer cancel()
	first := &protocol.Resume{
		ParticipantID: who.ParticipantID, ParticipantToken: who.Token, Cursor: q.after, ReadOnly: who.ReadOnly,
	}
	sub, err := s.follow(ctx, r, first)
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
	return collect(answer, lines[:min(len(lines), q.limit)]), pollError(err)
}

func collect(answer *protocol.EventsAnswer, lines []feed.Line) *protocol.EventsAnswer {
	for _, line := range lines {
		answer.Events = append(answer.Events, line.Bytes)
		answer.Cursor = line.Cursor
	}
	return answer
}

// pollError drops what only means that the wait is over: its time, the
// session, or the server.
func pollError(err error) error {
	if _, closed := errors.AsType[*feed.Closed](err); closed || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
