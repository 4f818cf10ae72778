package protocol

import "encoding/json"

// ElicitationMode is the way in which an [Elicitation] asks.
type ElicitationMode string

// The modes of an elicitation.
const (
	ElicitationModeForm ElicitationMode = "form" // people fill in a form
	ElicitationModeURL  ElicitationMode = "url"  // a person opens a page
)

// Elicitation is a pending request of the agent for input. Everybody sees it; the answer
// is for those who may answer. Its texts are the agent's own and untrusted. Server to
// client.
type Elicitation struct {
	RequestID  string           `json:"requestId"`
	Mode       ElicitationMode  `json:"mode"`
	Message    string           `json:"message"`              // what is needed; at most MaxElicitationMessage bytes
	ToolCallID string           `json:"toolCallId,omitempty"` // of the tool call that it belongs to
	Form       *ElicitationForm `json:"form,omitempty"`       // with mode form
	Target     string           `json:"target,omitempty"`     // with mode url: scheme and host of the page; the URL is in the answer to the person who accepts
	AcceptedBy *Participant     `json:"acceptedBy,omitempty"` // with mode url: who has accepted; the page is not finished yet

	// Truncated says that Message is cut and Form is missing, so that nobody can answer
	// what is not shown whole. This happens only in a welcome. Item reads the whole
	// request.
	Truncated  bool `json:"truncated,omitempty"`
	WholeBytes int  `json:"wholeBytes,omitempty"` // if truncated: the size of the request in bytes
}

// ElicitationForm is a form to fill in. Server to client.
type ElicitationForm struct {
	Title       string      `json:"title,omitempty"`
	Description string      `json:"description,omitempty"`
	Fields      []FormField `json:"fields"` // in the agent's order; at most MaxFormFields
}

// FormField is a field of a form. The members that limit its value are set only for the
// types that they belong to. Server to client.
type FormField struct {
	Name        string          `json:"name"` // the member of the content
	Type        FieldType       `json:"type"`
	Title       string          `json:"title,omitempty"`
	Description string          `json:"description,omitempty"`
	Required    bool            `json:"required,omitempty"`
	Default     json.RawMessage `json:"default,omitzero"`    // a valid value
	Format      FieldFormat     `json:"format,omitempty"`    // of a string
	Pattern     string          `json:"pattern,omitempty"`   // of a string: a regular expression that matches a part of it
	MinLength   *int            `json:"minLength,omitempty"` // of a string, in characters
	MaxLength   *int            `json:"maxLength,omitempty"` // likewise
	Minimum     *float64        `json:"minimum,omitempty"`   // of a number or an integer
	Maximum     *float64        `json:"maximum,omitempty"`   // likewise
	Options     []FormOption    `json:"options,omitzero"`    // of a select or multi_select, in the agent's order
	MinItems    *int            `json:"minItems,omitempty"`  // of a multi_select
	MaxItems    *int            `json:"maxItems,omitempty"`  // likewise
}

// Label returns the title of the field, or else its name.
func (f *FormField) Label() string {
	if f.Title != "" {
		return f.Title
	}
	return f.Name
}

// FormOption is a choice of a field. Server to client.
type FormOption struct {
	Value       string `json:"value"`
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
}

// Label returns the title of the option, or else its value.
func (o FormOption) Label() string {
	if o.Title != "" {
		return o.Title
	}
	return o.Value
}

// FieldType is the type of a [FormField].
type FieldType string

// The types of fields, with the JSON type of the value.
const (
	FieldString      FieldType = "string"       // a string
	FieldNumber      FieldType = "number"       // a number
	FieldInteger     FieldType = "integer"      // a number without fraction and exponent, of 64 bits
	FieldBoolean     FieldType = "boolean"      // true or false
	FieldSelect      FieldType = "select"       // a string: the value of one option
	FieldMultiSelect FieldType = "multi_select" // an array of strings: the values of different options
)

// FieldFormat is the format of a string.
type FieldFormat string

// The formats of strings.
const (
	FormatEmail    FieldFormat = "email"     // an address such as a@example.org
	FormatURI      FieldFormat = "uri"       // an absolute URI
	FormatDate     FieldFormat = "date"      // YYYY-MM-DD
	FormatDateTime FieldFormat = "date-time" // as in RFC 3339
)

// ElicitationAction is an answer to an [Elicitation].
type ElicitationAction string

// The answers to an elicitation. The last two are always possible.
const (
	ElicitationAccept  ElicitationAction = "accept"
	ElicitationDecline ElicitationAction = "decline" // the person does not give what is asked for
	ElicitationCancel  ElicitationAction = "cancel"  // the person makes no decision
)

// Bounds of elicitations.
const (
	MaxElicitationMessage = 16 << 10 // bytes
	MaxElicitationURL     = 4 << 10  // bytes
	MaxFormBytes          = 64 << 10 // bytes of the encoded form
	MaxFormFields         = 100
	MaxFormContent        = 64 << 10 // bytes of the content of an answer
	MaxFormText           = 16 << 10 // bytes of one string in it
)

// Answer answers an elicitation. The answer is an [ElicitationAnswer]. Client to server.
type Answer struct {
	RequestID string            `json:"requestId"`
	Action    ElicitationAction `json:"action"`
	Content   json.RawMessage   `json:"content,omitzero"` // with accept of a form: an object with a member for each field that has a value
}

// CommandType implements [Command].
func (*Answer) CommandType() CommandType { return CommandAnswer }

// Normalize implements [Command].
func (c *Answer) Normalize(Limits) error {
	switch c.Action {
	case ElicitationAccept:
		return checkSize("content", string(c.Content), MaxFormContent)
	case ElicitationDecline, ElicitationCancel:
		if len(c.Content) > 0 {
			return Errorf(CodeInvalidRequest, "content requires the action accept")
		}
		return nil
	}
	return Errorf(CodeInvalidAction, "action must be %q, %q or %q", ElicitationAccept, ElicitationDecline, ElicitationCancel)
}

// ElicitationAnswer answers [Answer]. Server to client.
type ElicitationAnswer struct {
	RequestID string            `json:"requestId"`
	Action    ElicitationAction `json:"action"`
	URL       string            `json:"url,omitempty"`    // with mode url, for the person who accepted: the page to open
	Content   json.RawMessage   `json:"content,omitzero"` // with mode form, for those who may answer: what the agent was given
}

// Payloads about elicitations.
type (
	// ElicitationRequested is a request of the agent for input. Server to client.
	ElicitationRequested struct {
		Elicitation
	}
	// ElicitationResolved says how a request was answered, and never with what. After
	// accept in mode url, the request waits until the page is finished:
	// ElicitationCompleted or ElicitationWithdrawn follows. Server to client.
	ElicitationResolved struct {
		RequestID   string            `json:"requestId"`
		Action      ElicitationAction `json:"action"`
		Source      PermissionSource  `json:"source"`      // participant, timeout or cancel
		Participant *Participant      `json:"participant"` // who answered; null unless Source is participant
	}
	// ElicitationWithdrawn says that a request no longer needs an answer, or no longer
	// waits for a page. Server to client.
	ElicitationWithdrawn struct {
		RequestID string `json:"requestId"`
	}
	// ElicitationCompleted says that a page is finished, as the agent reports. Server to
	// client.
	ElicitationCompleted struct {
		RequestID string `json:"requestId"`
	}
	// ElicitationRefused says that the agent asked for input in a way that cannot be
	// shown, and was answered with an error. Server to client.
	ElicitationRefused struct {
		Message string `json:"message"` // the beginning of what the agent asked
		Reason  string `json:"reason"`
	}
)

// EventType implements [Payload].
func (*ElicitationRequested) EventType() EventType { return EventElicitationRequested }

// EventType implements [Payload].
func (*ElicitationResolved) EventType() EventType { return EventElicitationResolved }

// EventType implements [Payload].
func (*ElicitationWithdrawn) EventType() EventType { return EventElicitationWithdrawn }

// EventType implements [Payload].
func (*ElicitationCompleted) EventType() EventType { return EventElicitationCompleted }

// EventType implements [Payload].
func (*ElicitationRefused) EventType() EventType { return EventElicitationRefused }
