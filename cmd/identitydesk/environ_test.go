package main

import "path/filepath"

// environIn is the environment of a desk on free ports whose data lies in a folder. More variables, as NAME=value, win.
func environIn(dir string, more ...string) []string {
	return append([]string{
		"LISTEN_ADDR=127.0.0.1:0", "EMULATOR_ADDR=127.0.0.1:0",
		"DATABASE_URL=sqlite:" + filepath.Join(dir, "desk.db"), "EMULATOR_STATE=" + filepath.Join(dir, "emulator.json"),
	}, more...)
}
