package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
)

// teeOutput is the program "tee-output FILE COMMAND ARGS...". It runs the command and
// copies its output to the file.
func teeOutput() {
	file, err := os.Create(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	child := exec.Command(os.Args[2], os.Args[3:]...)
	child.Stdin, child.Stdout, child.Stderr = os.Stdin, io.MultiWriter(file, os.Stdout), os.Stderr
	if err := child.Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
