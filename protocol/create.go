package protocol

import "strings"

// CreateSharedSession is the body of a request that creates a shared session. Client
// to server, REST only.
type CreateSharedSession struct {
	HostSessionID    string      `json:"hostSessionId"`
	HostUserID       string      `json:"hostUserId"`
	HostDisplayName  *string     `json:"hostDisplayName,omitzero"`
	Mode             Mode        `json:"mode,omitzero"`
	WorkspaceID      *string     `json:"workspaceId,omitzero"`
	ExpiresInMinutes *int64      `json:"expiresInMinutes,omitzero"` // the session never expires if zero or negative
	Attribution      Attribution `json:"attribution,omitzero"`      // off if missing
}

// MaxExpiryMinutes is the longest life of a session, ten years. It keeps times well
// within the range of [time.Duration].
const MaxExpiryMinutes = 10 * 366 * 24 * 60

// Normalize trims texts, sets the default mode and checks the members. It returns nil
// or an [*Error].
func (c *CreateSharedSession) Normalize() error {
	c.HostSessionID = strings.TrimSpace(c.HostSessionID)
	c.HostUserID = strings.TrimSpace(c.HostUserID)
	if c.HostSessionID == "" {
		return Errorf(CodeMissingHostSessionID, "hostSessionId is missing or blank")
	}
	if c.HostUserID == "" {
		return Errorf(CodeMissingHostUserID, "hostUserId is missing or blank")
	}
	if c.Mode == "" {
		c.Mode = ModePromptWithApproval
	}
	if c.Attribution == AttributionOff {
		c.Attribution = "" // the default
	}
	if c.ExpiresInMinutes != nil && *c.ExpiresInMinutes > MaxExpiryMinutes {
		return Errorf(CodeInvalidRequest, "expiresInMinutes must not exceed %d", int64(MaxExpiryMinutes))
	}
	if c.WorkspaceID != nil {
		if err := checkName("workspaceId", *c.WorkspaceID); err != nil {
			return err
		}
	}
	if err := checkName("hostUserId", c.HostUserID); err != nil {
		return err
	}
	return NormalizeDisplayName(&c.HostDisplayName)
}

// CreateHostSession is the body of a request that starts an agent. Client to server,
// REST only.
type CreateHostSession struct {
	Agent       string           `json:"agent,omitzero"` // the name of a profile; empty with fork
	WorkspaceID string           `json:"workspaceId,omitzero"`
	Cwd         string           `json:"cwd,omitzero"` // the working directory; the profile's if empty
	Title       string           `json:"title,omitzero"`
	Permissions PermissionPolicy `json:"permissions,omitzero"`
	Adopt       string           `json:"adopt,omitzero"`  // the id of a session that the agent has already, which is continued; cwd is that session's
	Fork        string           `json:"fork,omitzero"`   // the id of a host session whose conversation is continued in another way, by the same agent in the same directory
	SignIn      string           `json:"signIn,omitzero"` // the id of a way to sign in, of the type agent, that the agent uses first
}

// Normalize trims texts, sets defaults and checks the members. It returns nil or an
// [*Error].
func (c *CreateHostSession) Normalize() error {
	c.Agent = strings.TrimSpace(c.Agent)
	c.Title = strings.TrimSpace(c.Title)
	switch {
	case c.Fork != "" && (c.Agent != "" || c.Cwd != "" || c.Adopt != ""):
		return Errorf(CodeInvalidRequest, "fork goes without agent, cwd and adopt: the agent and its directory are those of the session that is forked")
	case c.Agent == "" && c.Fork == "":
		return Errorf(CodeInvalidRequest, "agent is missing or blank")
	}
	if c.WorkspaceID == "" && c.Fork == "" {
		c.WorkspaceID = DefaultWorkspace
	}
	if c.Permissions == "" && c.Fork == "" {
		c.Permissions = PermissionsAsk
	}
	if err := checkName("title", c.Title); err != nil {
		return err
	}
	if err := checkName("adopt", c.Adopt); err != nil {
		return err
	}
	if c.SignIn != "" {
		if err := checkMethodID(c.SignIn); err != nil {
			return err
		}
	}
	return checkName("workspaceId", c.WorkspaceID)
}

// DefaultWorkspace is the workspace of a host session that does not name one.
const DefaultWorkspace = "default"
