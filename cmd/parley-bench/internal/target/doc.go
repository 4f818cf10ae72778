// Package target starts the servers that are measured, and gives scenarios one
// view of them: a [Target] has rooms, and a room has listeners, a speaker and
// posters.
//
// A [Lab] says which programs to start. Parley and the raw server are child
// processes with a core of their own where the system allows that; they are
// stopped after each run and end with this process at the latest. A Parley server
// that is already running can stand in for a child.
package target
