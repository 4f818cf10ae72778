// Package logins keeps what proves to servers who the user is in the user's configuration directory,
// so that commands can use them.
//
// Each server has a file of its own, which only the user can read. Nothing here is safe
// against two commands that write the same file at the same time: the last one wins.
package logins
