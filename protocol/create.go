package protocol

import "strings"

// CreateSharedSession is the body that creates a shared session. Client to
// server, REST only.
type CreateSharedSession struct {
	HostSessionID    string  `json:"hostSessionId"`
	HostUserID       string  `json:"hostUserId"`
	HostDisplayName  *string `json:"hostDisplayName,omitzero"`
	Mode             Mode    `json:"mode,omitzero"`
	WorkspaceID      *string `json:"workspaceId,omitzero"`
	ExpiresInMinutes *int64  `json:"expiresInMinutes,omitzero"` // zero or less for never
}

// MaxExpiryMinutes is ten years: beyond it a time no longer fits in a duration
// with room to spare.
const MaxExpiryMinutes = 10 * 366 * 24 * 60

// Normalize trims, fills in the default mode and checks. It returns nil or an
// *Error.
func (c *CreateSharedSession) Normalize() error {
	c.HostSessionID = strings.TrimSpace(c.HostSessionID)
	c.HostUserID = strings.TrimSpace(c.HostUserID)
	if c.HostSessionID == "" {
		return Errorf(CodeMissingHostSessionID, "hostSessionId is blank")
	}
	if c.HostUserID == "" {
		return Errorf(CodeMissingHostUserID, "hostUserId is blank")
	}
	if c.Mode == "" {
		c.Mode = ModePromptWithApproval
	}
	if c.ExpiresInMinutes != nil && *c.ExpiresInMinutes > MaxExpiryMinutes {
		return Errorf(CodeInvalidRequest, "expiresInMinutes is %d at most", int64(MaxExpiryMinutes))
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

// CreateHostSession is the body that starts an agent. Client to server, REST
// only.
type CreateHostSession struct {
	Agent       string           `json:"agent"` // a profile's name
	WorkspaceID string           `json:"workspaceId,omitzero"`
	Cwd         string           `json:"cwd,omitzero"`
	Title       string           `json:"title,omitzero"`
	Permissions PermissionPolicy `json:"permissions,omitzero"`
}

// Normalize trims, fills in the defaults and checks. It returns nil or an
// *Error.
func (c *CreateHostSession) Normalize() error {
	c.Agent = strings.TrimSpace(c.Agent)
	c.Title = strings.TrimSpace(c.Title)
	if c.Agent == "" {
		return Errorf(CodeInvalidRequest, "agent is blank")
	}
	if c.WorkspaceID == "" {
		c.WorkspaceID = DefaultWorkspace
	}
	if c.Permissions == "" {
		c.Permissions = PermissionsAsk
	}
	if err := checkName("title", c.Title); err != nil {
		return err
	}
	return checkName("workspaceId", c.WorkspaceID)
}

// DefaultWorkspace is the workspace of a host session that names none.
const DefaultWorkspace = "default"
