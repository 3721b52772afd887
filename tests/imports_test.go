package tests

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/megazonecloud/eks-platform/"

// leaves are the packages under components that any component may import: they make
// no component, but for chart, by which add-ons say what they are. irsa, kube and noderole
// make children of the component that asks.
var leaves = map[string]bool{
	"catalog": true, "chart": true, "form": true, "iamdoc": true, "ipplan": true, "irsa": true, "kube": true, "noderole": true, "podspec": true,
	"problem": true, "ref": true, "tags": true, "upgrade": true, "userdata": true,
}

// forbidden are imports that would cost every consumer dearly, with the reason.
var forbidden = map[string]string{
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/helm": "pulls in 69 packages; charts are rendered in the program",
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/yaml": "pulls in 69 packages",
}

// TestImportRule keeps components apart: they exchange handles of components/ref,
// and only stacks wires them. What the offline run and the tests need stays out
// of what a consumer compiles.
func TestImportRule(t *testing.T) {
	t.Parallel()
	files := 0
	for _, root := range []string{"components", "stacks"} {
		err := filepath.WalkDir(filepath.Join("..", root), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			files++
			checkImports(t, path)
			return nil
		})
		require.NoError(t, err)
	}
	assert.Greater(t, files, 10, "the walk found the sources")
}

func checkImports(t *testing.T, path string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
	require.NoError(t, err)
	from, inComponents := strings.CutPrefix(filepath.ToSlash(path), "../components/")
	own, _, _ := strings.Cut(from, "/")
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		require.NoError(t, err)
		for prefix, reason := range forbidden {
			assert.False(t, strings.HasPrefix(imported, prefix), "%s imports %s: %s", path, imported, reason)
		}
		local, ours := strings.CutPrefix(imported, module)
		if !ours {
			continue
		}
		assert.False(t, strings.HasPrefix(local, "offline") || strings.HasPrefix(local, "tests") || strings.HasPrefix(local, "policies"),
			"%s imports %s, which consumers must not have to compile", path, imported)
		if component, ok := strings.CutPrefix(local, "components/"); ok && inComponents {
			component, _, _ = strings.Cut(component, "/")
			assert.True(t, component == own || leaves[component], "%s imports the component %s: take a handle of components/ref instead", path, component)
		}
		assert.False(t, inComponents && local == "stacks", "%s imports stacks", path)
	}
}
