package engine

import (
	"fmt"
	"os"
	"path/filepath"
)

// The variables through which the shims learn what to start.
const (
	selfVariable      = "EKSPLATFORM_SELF"
	worldVariable     = "EKSPLATFORM_WORLD"
	providerVariable  = "EKSPLATFORM_EKS_PROVIDER"
	readinessVariable = "EKSPLATFORM_READINESS_PROXY"
)

// shims are the programs that the engine and eks.Cluster start. The stand-ins and
// the policy pack are parts of the program that runs the engine, so they are
// never older than it.
var shims = map[string]string{
	"pulumi-resource-aws":        `exec "$` + selfVariable + `" plugin aws "$@"`,
	"pulumi-resource-kubernetes": `exec "$` + selfVariable + `" plugin kubernetes "$@"`,
	// What the engine starts for a policy pack written in Go, in the pack's folder.
	"pulumi-analyzer-policy-go": `exec "$` + selfVariable + `" plugin policies "$@"`,
	// The real component provider. It waits for a public API server to answer over
	// HTTPS; the proxy answers for the simulated one. (Its gRPC connections read
	// the variable in lower case, and so are left alone.)
	"pulumi-resource-eks": `HTTPS_PROXY="$` + readinessVariable + `" exec node "$` + providerVariable + `/node_modules/@pulumi/eks/cmd/provider/index.js" "$@"`,
	// It also refuses to start without these two, and only asks their versions.
	"aws":     `[ "$1" = --version ] && echo "aws-cli/2.99.0 simulated" && exit; echo "offline run: the aws CLI is simulated" >&2; exit 1`,
	"kubectl": `[ "$1" = version ] && echo '{"clientVersion":{"gitVersion":"v1.99.0"}}' && exit; echo "offline run: kubectl is simulated" >&2; exit 1`,
}

func writeShims(dir string) error {
	for name, body := range shims {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+body+"\n"), 0o755); err != nil {
			return fmt.Errorf("the offline state needs a folder that can be written: %w", err)
		}
	}
	return nil
}
