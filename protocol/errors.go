package protocol

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Code names an error. REST and WebSocket answer with the same codes.
type Code string

// The codes. The catalogue below says what each means to a client.
const (
	CodeInvalidRequest            Code = "INVALID_REQUEST"
	CodeInvalidAction             Code = "INVALID_ACTION"
	CodeMissingHostSessionID      Code = "MISSING_HOST_SESSION_ID"
	CodeMissingHostUserID         Code = "MISSING_HOST_USER_ID"
	CodeMissingUserID             Code = "MISSING_USER_ID"
	CodeEmptyMessage              Code = "EMPTY_MESSAGE"
	CodeEmptyPrompt               Code = "EMPTY_PROMPT"
	CodeUnauthorized              Code = "UNAUTHORIZED"
	CodeOriginNotAllowed          Code = "ORIGIN_NOT_ALLOWED"
	CodeInvalidInviteToken        Code = "INVALID_INVITE_TOKEN"
	CodeInvalidParticipantToken   Code = "INVALID_PARTICIPANT_TOKEN"
	CodeParticipantRemoved        Code = "PARTICIPANT_REMOVED"
	CodeHostRequired              Code = "HOST_REQUIRED"
	CodeCommentNotAllowed         Code = "COMMENT_NOT_ALLOWED"
	CodePromptNotAllowed          Code = "PROMPT_NOT_ALLOWED"
	CodeSessionNotFound           Code = "SESSION_NOT_FOUND"
	CodeHostSessionNotFound       Code = "HOST_SESSION_NOT_FOUND"
	CodeAgentNotFound             Code = "AGENT_NOT_FOUND"
	CodeParticipantNotFound       Code = "PARTICIPANT_NOT_FOUND"
	CodeApprovalNotFound          Code = "APPROVAL_NOT_FOUND"
	CodePermissionNotFound        Code = "PERMISSION_NOT_FOUND"
	CodeNotFound                  Code = "NOT_FOUND"
	CodeMethodNotAllowed          Code = "METHOD_NOT_ALLOWED"
	CodeSessionInactive           Code = "SESSION_INACTIVE"
	CodeParticipantInactive       Code = "PARTICIPANT_INACTIVE"
	CodeReadOnly                  Code = "READ_ONLY"
	CodeUserAlreadyJoined         Code = "USER_ALREADY_JOINED"
	CodeApprovalAlreadyResolved   Code = "APPROVAL_ALREADY_RESOLVED"
	CodePermissionAlreadyResolved Code = "PERMISSION_ALREADY_RESOLVED"
	CodeNothingToCancel           Code = "NOTHING_TO_CANCEL"
	CodePromptNotAsExpected       Code = "PROMPT_NOT_AS_EXPECTED"
	CodeTooLarge                  Code = "TOO_LARGE"
	CodeRateLimited               Code = "RATE_LIMITED"
	CodeTooManyParticipants       Code = "TOO_MANY_PARTICIPANTS"
	CodeTooManyPending            Code = "TOO_MANY_PENDING"
	CodeQueueFull                 Code = "QUEUE_FULL"
	CodeTooManyAgents             Code = "TOO_MANY_AGENTS"
	CodeAgentUnavailable          Code = "AGENT_UNAVAILABLE"
	CodeAgentAuthRequired         Code = "AGENT_AUTH_REQUIRED"
	CodeAgentFailed               Code = "AGENT_FAILED"
	CodeJournalUnavailable        Code = "JOURNAL_UNAVAILABLE"
	CodeInternal                  Code = "INTERNAL"
)

// Close codes of the WebSocket endpoint: 40xx means come back, 44xx means
// stop, but for CloseRateLimited. Those below 4000 are of IANA's WebSocket
// close code registry (RFC 6455, section 11.7).
const (
	CloseGoingAway       = 1001
	CloseNotText         = 1007
	CloseTooBig          = 1009
	CloseRestarting      = 1012
	CloseTryAgain        = 1013
	CloseTooSlow         = 4001
	CloseMoved           = 4002
	CloseNotProtocol     = 4400
	CloseBadCredentials  = 4401
	CloseRemoved         = 4403
	CloseNoSession       = 4404
	CloseNoCommandInTime = 4408
	CloseSessionEnded    = 4409
	CloseRateLimited     = 4429
)

// Entry is what the catalogue says of a code.
type Entry struct {
	Status    int  // of HTTP
	Close     int  // the close code when a join or resume fails with it
	Retryable bool // whether the very same request can succeed later
}

// Catalogue is the one table of errors.
var Catalogue = map[Code]Entry{
	CodeInvalidRequest:            {http.StatusBadRequest, CloseNotProtocol, false},
	CodeInvalidAction:             {http.StatusBadRequest, CloseNotProtocol, false},
	CodeMissingHostSessionID:      {http.StatusBadRequest, CloseNotProtocol, false},
	CodeMissingHostUserID:         {http.StatusBadRequest, CloseNotProtocol, false},
	CodeMissingUserID:             {http.StatusBadRequest, CloseNotProtocol, false},
	CodeEmptyMessage:              {http.StatusBadRequest, CloseNotProtocol, false},
	CodeEmptyPrompt:               {http.StatusBadRequest, CloseNotProtocol, false},
	CodeUnauthorized:              {http.StatusUnauthorized, CloseBadCredentials, false},
	CodeOriginNotAllowed:          {http.StatusForbidden, CloseBadCredentials, false},
	CodeInvalidInviteToken:        {http.StatusForbidden, CloseBadCredentials, false},
	CodeInvalidParticipantToken:   {http.StatusForbidden, CloseBadCredentials, false},
	CodeParticipantRemoved:        {http.StatusForbidden, CloseRemoved, false},
	CodeHostRequired:              {http.StatusForbidden, CloseBadCredentials, false},
	CodeCommentNotAllowed:         {http.StatusForbidden, CloseBadCredentials, false},
	CodePromptNotAllowed:          {http.StatusForbidden, CloseBadCredentials, false},
	CodeSessionNotFound:           {http.StatusNotFound, CloseNoSession, false},
	CodeHostSessionNotFound:       {http.StatusNotFound, CloseNoSession, false},
	CodeAgentNotFound:             {http.StatusNotFound, CloseNoSession, false},
	CodeParticipantNotFound:       {http.StatusNotFound, CloseBadCredentials, false},
	CodeApprovalNotFound:          {http.StatusNotFound, CloseNoSession, false},
	CodePermissionNotFound:        {http.StatusNotFound, CloseNoSession, false},
	CodeNotFound:                  {http.StatusNotFound, CloseNoSession, false},
	CodeMethodNotAllowed:          {http.StatusMethodNotAllowed, CloseNotProtocol, false},
	CodeSessionInactive:           {http.StatusConflict, CloseSessionEnded, false},
	CodeParticipantInactive:       {http.StatusConflict, CloseBadCredentials, false},
	CodeReadOnly:                  {http.StatusConflict, CloseNotProtocol, false},
	CodeUserAlreadyJoined:         {http.StatusConflict, CloseBadCredentials, false},
	CodeApprovalAlreadyResolved:   {http.StatusConflict, CloseNotProtocol, false},
	CodePermissionAlreadyResolved: {http.StatusConflict, CloseNotProtocol, false},
	CodeNothingToCancel:           {http.StatusConflict, CloseNotProtocol, false},
	CodePromptNotAsExpected:       {http.StatusConflict, CloseNotProtocol, false},
	CodeTooLarge:                  {http.StatusRequestEntityTooLarge, CloseTooBig, false},
	CodeRateLimited:               {http.StatusTooManyRequests, CloseRateLimited, true},
	CodeTooManyParticipants:       {http.StatusTooManyRequests, CloseTryAgain, true},
	CodeTooManyPending:            {http.StatusTooManyRequests, CloseTryAgain, true},
	CodeQueueFull:                 {http.StatusTooManyRequests, CloseTryAgain, true},
	CodeTooManyAgents:             {http.StatusTooManyRequests, CloseTryAgain, true},
	CodeAgentUnavailable:          {http.StatusServiceUnavailable, CloseTryAgain, true},
	CodeAgentAuthRequired:         {http.StatusFailedDependency, CloseNotProtocol, false},
	CodeAgentFailed:               {http.StatusFailedDependency, CloseNotProtocol, false},
	CodeJournalUnavailable:        {http.StatusServiceUnavailable, CloseTryAgain, true},
	CodeInternal:                  {http.StatusInternalServerError, CloseTryAgain, true},
}

// Error is an error of the catalogue. It is what clients are answered with,
// so Message holds no secret and nothing of the machine.
type Error struct {
	Code       Code
	Message    string
	RetryAfter time.Duration // when a retry makes sense; zero for unknown
}

// Errorf makes an Error with a formatted message.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// AsError returns the Error in err's chain. An err that has none is not for
// clients' eyes, and becomes a CodeInternal.
func AsError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return Errorf(CodeInternal, "something went wrong on the server")
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// Entry returns the catalogue's line on the error.
func (e *Error) Entry() Entry { return Catalogue[e.Code] }

// Is reports whether target is an Error with the same code. A target that has
// a message, as ErrNotProtocol, is told apart from others of its code by it.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code && (t.Message == "" || t.Message == e.Message)
}
