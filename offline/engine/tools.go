package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// providerFolder holds the npm packages of eks.Cluster's component provider.
const providerFolder = "tools/eks-provider"

func toolsDir(root string) string { return filepath.Join(root, ".tools") }

// checkTools says in one message what `make tools` has yet to make.
func checkTools(root string) error {
	needs := map[string]string{
		filepath.Join(toolsDir(root), "bin", "pulumi"):                                        "the Pulumi CLI",
		filepath.Join(root, providerFolder, "node_modules/@pulumi/eks/cmd/provider/index.js"): "the provider of eks.Cluster",
	}
	var missing []error
	for path, what := range needs {
		if _, err := os.Stat(path); err != nil {
			missing = append(missing, fmt.Errorf("%s is missing: run `make tools`", what))
		}
	}
	return errors.Join(missing...)
}
