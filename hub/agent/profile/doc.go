// Package profile describes the agents that a server offers: those that its operator has
// configured, and common ones that are installed.
//
// A [Profile] says how to start an agent and where it may work. [Profile.Faults] finds
// everything that is wrong with a profile, so that an operator can correct it at once.
// What clients learn about profiles is in [Offer]; they never see a command or a variable.
//
// Nothing here starts a process. Functions that look at the disk or at PATH say so.
package profile
