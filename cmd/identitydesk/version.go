package main

import (
	"fmt"
	"runtime/debug"
)

// version is set by the build (-ldflags "-X main.version=…"); without it the module's own build information is used.
var version string

// versionString is the desk's version: what the build set, else the revision it was built from, else "dev".
func versionString() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "dev"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return s.Value[:12]
		}
	}
	return "dev"
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(p *program) error {
	_, err := fmt.Fprintln(p.stdout, "identitydesk", versionString())
	return err
}
