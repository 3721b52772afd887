package tests

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

// literals are the text literals of the sources below a folder, tests left out.
func literals(t *testing.T, root string, each func(position token.Position, text string)) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files++
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(node ast.Node) bool {
			if literal, isText := node.(*ast.BasicLit); isText && literal.Kind == token.STRING {
				text, _ := strconv.Unquote(literal.Value)
				each(set.Position(literal.Pos()), text)
			}
			return true
		})
		return nil
	})
	require.NoError(t, err)
	assert.Positive(t, files, root)
}

// Chart versions and repositories stand in the catalogue and nowhere else.
func TestChartVersionsStandInTheCatalogue(t *testing.T) {
	t.Parallel()
	pinned := map[string]string{}
	for _, row := range catalog.Charts() {
		pinned[row.Version], pinned[row.Repository] = row.Name, row.Name
	}
	inCatalogue := 0
	for _, root := range []string{"components", "stacks"} {
		literals(t, filepath.Join("..", root), func(position token.Position, text string) {
			name, isPinned := pinned[text]
			if !isPinned {
				return
			}
			if filepath.ToSlash(filepath.Dir(position.Filename)) == "../components/catalog" {
				inCatalogue++
				return
			}
			assert.Failf(t, "a version outside the catalogue", "%s: %q is that of chart %s: take it from the catalogue", position, text, name)
		})
	}
	assert.GreaterOrEqual(t, inCatalogue, len(catalog.Charts()), "the walk finds the catalogue's own")
}

const upstream = "../../shared/charts"

// Each chart that the upstream data describes has a row with its version.
func TestChartsOfTheCatalogueAreUpstreams(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(upstream)
	if err != nil {
		t.Skipf("no upstream chart data in %s", upstream)
	}
	compared := 0
	for _, entry := range entries {
		text, err := os.ReadFile(filepath.Join(upstream, entry.Name(), "Chart.yaml"))
		if err != nil {
			continue
		}
		row, known := catalog.ChartOf(entry.Name())
		require.True(t, known, entry.Name())
		var upstream struct{ Name, Version string }
		require.NoError(t, yaml.Unmarshal(text, &upstream), entry.Name())
		assert.Equal(t, upstream.Name+" "+upstream.Version, row.Upstream+" "+row.Version)
		compared++
	}
	assert.Greater(t, compared, 40)
}
