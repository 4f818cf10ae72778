package protocol

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Code names an error. REST and WebSocket use the same codes. Server to client.
type Code string

// The error codes. [Catalogue] has the properties of each, and PROTOCOL.md its meaning.
const (
	CodeInvalidRequest             Code = "INVALID_REQUEST"
	CodeInvalidAction              Code = "INVALID_ACTION"
	CodeMissingHostSessionID       Code = "MISSING_HOST_SESSION_ID"
	CodeMissingHostUserID          Code = "MISSING_HOST_USER_ID"
	CodeMissingUserID              Code = "MISSING_USER_ID"
	CodeEmptyMessage               Code = "EMPTY_MESSAGE"
	CodeEmptyPrompt                Code = "EMPTY_PROMPT"
	CodeUnauthorized               Code = "UNAUTHORIZED"
	CodeInvalidOperatorKey         Code = "INVALID_OPERATOR_KEY"
	CodeInvalidIdentity            Code = "INVALID_IDENTITY"
	CodeOriginNotAllowed           Code = "ORIGIN_NOT_ALLOWED"
	CodeInvalidInviteToken         Code = "INVALID_INVITE_TOKEN"
	CodeInvalidParticipantToken    Code = "INVALID_PARTICIPANT_TOKEN"
	CodeParticipantRemoved         Code = "PARTICIPANT_REMOVED"
	CodeRedacted                   Code = "REDACTED"
	CodeHostRequired               Code = "HOST_REQUIRED"
	CodeOwnerRequired              Code = "OWNER_REQUIRED"
	CodeIdentityNotAllowed         Code = "IDENTITY_NOT_ALLOWED"
	CodeCommentNotAllowed          Code = "COMMENT_NOT_ALLOWED"
	CodePromptNotAllowed           Code = "PROMPT_NOT_ALLOWED"
	CodeSessionNotFound            Code = "SESSION_NOT_FOUND"
	CodeHostSessionNotFound        Code = "HOST_SESSION_NOT_FOUND"
	CodeAgentNotFound              Code = "AGENT_NOT_FOUND"
	CodeParticipantNotFound        Code = "PARTICIPANT_NOT_FOUND"
	CodeApprovalNotFound           Code = "APPROVAL_NOT_FOUND"
	CodePermissionNotFound         Code = "PERMISSION_NOT_FOUND"
	CodeElicitationNotFound        Code = "ELICITATION_NOT_FOUND"
	CodeNotFound                   Code = "NOT_FOUND"
	CodeMethodNotAllowed           Code = "METHOD_NOT_ALLOWED"
	CodeSessionInactive            Code = "SESSION_INACTIVE"
	CodeParticipantInactive        Code = "PARTICIPANT_INACTIVE"
	CodeReadOnly                   Code = "READ_ONLY"
	CodeUserAlreadyJoined          Code = "USER_ALREADY_JOINED"
	CodeApprovalAlreadyResolved    Code = "APPROVAL_ALREADY_RESOLVED"
	CodePermissionAlreadyResolved  Code = "PERMISSION_ALREADY_RESOLVED"
	CodeElicitationAlreadyResolved Code = "ELICITATION_ALREADY_RESOLVED"
	CodeNothingToCancel            Code = "NOTHING_TO_CANCEL"
	CodePromptNotAsExpected        Code = "PROMPT_NOT_AS_EXPECTED"
	CodeTooLarge                   Code = "TOO_LARGE"
	CodeAttachmentNotFound         Code = "ATTACHMENT_NOT_FOUND"
	CodeContentNotSupported        Code = "CONTENT_NOT_SUPPORTED"
	CodeStorageFull                Code = "STORAGE_FULL"
	CodeRateLimited                Code = "RATE_LIMITED"
	CodeTooManyParticipants        Code = "TOO_MANY_PARTICIPANTS"
	CodeTooManyPending             Code = "TOO_MANY_PENDING"
	CodeQueueFull                  Code = "QUEUE_FULL"
	CodeTooManyAgents              Code = "TOO_MANY_AGENTS"
	CodeTooManySessions            Code = "TOO_MANY_SESSIONS"
	CodeAgentInUse                 Code = "AGENT_IN_USE"
	CodeAgentUnavailable           Code = "AGENT_UNAVAILABLE"
	CodeAgentAuthRequired          Code = "AGENT_AUTH_REQUIRED"
	CodeAgentFailed                Code = "AGENT_FAILED"
	CodeIdentityUnavailable        Code = "IDENTITY_UNAVAILABLE"
	CodeJournalUnavailable         Code = "JOURNAL_UNAVAILABLE"
	CodeInternal                   Code = "INTERNAL"
)

// Close codes of the WebSocket endpoint. After 40xx the client reconnects; after 44xx,
// except [CloseRateLimited], it stops. The codes below 4000 are from IANA's WebSocket
// close code registry (RFC 6455, section 11.7).
const (
	CloseGoingAway       = 1001 // the server is going away
	CloseNotText         = 1007 // a message is not UTF-8
	CloseTooBig          = 1009 // a message exceeds the limit
	CloseRestarting      = 1012 // the server is restarting
	CloseTryAgain        = 1013 // the server cannot serve the client now
	CloseTooSlow         = 4001 // the client reads too slowly
	CloseMoved           = 4002 // another server serves the session
	CloseNotProtocol     = 4400 // a line is not valid in the protocol
	CloseBadCredentials  = 4401 // the invite or token is not valid
	CloseRemoved         = 4403 // the host removed the participant
	CloseNoSession       = 4404 // the session does not exist
	CloseNoCommandInTime = 4408 // the client did not join or resume in time
	CloseSessionEnded    = 4409 // the session was closed or has expired
	CloseRateLimited     = 4429 // the client kept exceeding a rate limit
)

// Entry describes an error code.
type Entry struct {
	Status    int  // the HTTP status
	Close     int  // the close code of a connection whose join or resume fails with this error
	Retryable bool // whether the same request can succeed later
}

// Catalogue describes every error code.
var Catalogue = map[Code]Entry{
	CodeInvalidRequest:             {http.StatusBadRequest, CloseNotProtocol, false},
	CodeInvalidAction:              {http.StatusBadRequest, CloseNotProtocol, false},
	CodeMissingHostSessionID:       {http.StatusBadRequest, CloseNotProtocol, false},
	CodeMissingHostUserID:          {http.StatusBadRequest, CloseNotProtocol, false},
	CodeMissingUserID:              {http.StatusBadRequest, CloseNotProtocol, false},
	CodeEmptyMessage:               {http.StatusBadRequest, CloseNotProtocol, false},
	CodeEmptyPrompt:                {http.StatusBadRequest, CloseNotProtocol, false},
	CodeUnauthorized:               {http.StatusUnauthorized, CloseBadCredentials, false},
	CodeInvalidOperatorKey:         {http.StatusUnauthorized, CloseBadCredentials, false},
	CodeInvalidIdentity:            {http.StatusUnauthorized, CloseBadCredentials, false},
	CodeOriginNotAllowed:           {http.StatusForbidden, CloseBadCredentials, false},
	CodeInvalidInviteToken:         {http.StatusForbidden, CloseBadCredentials, false},
	CodeInvalidParticipantToken:    {http.StatusForbidden, CloseBadCredentials, false},
	CodeParticipantRemoved:         {http.StatusForbidden, CloseRemoved, false},
	CodeRedacted:                   {http.StatusForbidden, CloseBadCredentials, false},
	CodeHostRequired:               {http.StatusForbidden, CloseBadCredentials, false},
	CodeOwnerRequired:              {http.StatusForbidden, CloseBadCredentials, false},
	CodeIdentityNotAllowed:         {http.StatusForbidden, CloseBadCredentials, false},
	CodeCommentNotAllowed:          {http.StatusForbidden, CloseBadCredentials, false},
	CodePromptNotAllowed:           {http.StatusForbidden, CloseBadCredentials, false},
	CodeSessionNotFound:            {http.StatusNotFound, CloseNoSession, false},
	CodeHostSessionNotFound:        {http.StatusNotFound, CloseNoSession, false},
	CodeAgentNotFound:              {http.StatusNotFound, CloseNoSession, false},
	CodeParticipantNotFound:        {http.StatusNotFound, CloseBadCredentials, false},
	CodeApprovalNotFound:           {http.StatusNotFound, CloseNoSession, false},
	CodePermissionNotFound:         {http.StatusNotFound, CloseNoSession, false},
	CodeElicitationNotFound:        {http.StatusNotFound, CloseNoSession, false},
	CodeNotFound:                   {http.StatusNotFound, CloseNoSession, false},
	CodeMethodNotAllowed:           {http.StatusMethodNotAllowed, CloseNotProtocol, false},
	CodeSessionInactive:            {http.StatusConflict, CloseSessionEnded, false},
	CodeParticipantInactive:        {http.StatusConflict, CloseBadCredentials, false},
	CodeReadOnly:                   {http.StatusConflict, CloseNotProtocol, false},
	CodeUserAlreadyJoined:          {http.StatusConflict, CloseBadCredentials, false},
	CodeApprovalAlreadyResolved:    {http.StatusConflict, CloseNotProtocol, false},
	CodePermissionAlreadyResolved:  {http.StatusConflict, CloseNotProtocol, false},
	CodeElicitationAlreadyResolved: {http.StatusConflict, CloseNotProtocol, false},
	CodeNothingToCancel:            {http.StatusConflict, CloseNotProtocol, false},
	CodePromptNotAsExpected:        {http.StatusConflict, CloseNotProtocol, false},
	CodeTooLarge:                   {http.StatusRequestEntityTooLarge, CloseTooBig, false},
	CodeAttachmentNotFound:         {http.StatusNotFound, CloseNoSession, false},
	CodeContentNotSupported:        {http.StatusUnsupportedMediaType, CloseNotProtocol, false},
	CodeStorageFull:                {http.StatusInsufficientStorage, CloseTryAgain, true},
	CodeRateLimited:                {http.StatusTooManyRequests, CloseRateLimited, true},
	CodeTooManyParticipants:        {http.StatusTooManyRequests, CloseTryAgain, true},
	CodeTooManyPending:             {http.StatusTooManyRequests, CloseTryAgain, true},
	CodeQueueFull:                  {http.StatusTooManyRequests, CloseTryAgain, true},
	CodeAgentInUse:                 {http.StatusConflict, CloseNotProtocol, false},
	CodeTooManyAgents:              {http.StatusTooManyRequests, CloseTryAgain, true},
	CodeTooManySessions:            {http.StatusTooManyRequests, CloseTryAgain, true},
	CodeAgentUnavailable:           {http.StatusServiceUnavailable, CloseTryAgain, true},
	CodeAgentAuthRequired:          {http.StatusFailedDependency, CloseNotProtocol, false},
	CodeAgentFailed:                {http.StatusFailedDependency, CloseNotProtocol, false},
	CodeIdentityUnavailable:        {http.StatusServiceUnavailable, CloseTryAgain, true},
	CodeJournalUnavailable:         {http.StatusServiceUnavailable, CloseTryAgain, true},
	CodeInternal:                   {http.StatusInternalServerError, CloseTryAgain, true},
}

// Error is an error with a code of the [Catalogue]. Clients receive it, so Message
// contains no secrets and nothing about the server's machine.
type Error struct {
	Code       Code
	Message    string        // for people
	RetryAfter time.Duration // how long to wait before a retry; zero if unknown
	Field      string        // the name of the field of a form that has a wrong value; empty for other errors
	Limit      Limit         // the limit that refuses the request; clients do not receive it

	AuthMethods []AuthMethod // of AGENT_AUTH_REQUIRED: the ways to sign in, if they are known
}

// Errorf returns an [Error] with a formatted message.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// AsError returns the [Error] in the chain of err. An err without one may contain
// internal details, so AsError returns a [CodeInternal] error in its place.
func AsError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return Errorf(CodeInternal, "something went wrong on the server")
}

// Error returns the code and the message.
func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// Entry returns the entry of the error's code in the [Catalogue].
func (e *Error) Entry() Entry { return Catalogue[e.Code] }

// Is reports whether target is an [*Error] with the same code and, if target has a
// message, the same message. [errors.Is] calls it.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code && (t.Message == "" || t.Message == e.Message)
}
