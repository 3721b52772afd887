package engine

import (
	"fmt"
	"os"

	"github.com/megazonecloud/eks-platform/offline/standin"
	"github.com/megazonecloud/eks-platform/policies/pack"
)

// plugins are what the shims start this program as.
var plugins = map[string]func() error{
	"aws":        func() error { return standin.ServeAWS(os.Getenv(worldVariable)) },
	"kubernetes": func() error { return standin.ServeKubernetes(os.Getenv(worldVariable)) },
	"policies":   pack.Serve,
}

// ServePlugin serves a plugin where the program was started as one, and tells
// whether it was. A program that opens an Engine calls it first of all:
//
//	if engine.ServePlugin(os.Args) {
//		return
//	}
func ServePlugin(args []string) bool {
	if len(args) < 3 || args[1] != "plugin" {
		return false
	}
	serve, known := plugins[args[2]]
	if !known {
		fmt.Fprintf(os.Stderr, "there is no plugin %q\n", args[2])
		os.Exit(1)
	}
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return true
}
