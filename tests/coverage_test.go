package tests

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The table of docs/coverage.md has every requirement once, and the tests that it
// names exist in the packages that it names.
func TestCoverageTable(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/coverage.md")
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, line := range strings.Split(string(text), "\n") {
		if !strings.HasPrefix(line, "| D") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), " | ")
		require.GreaterOrEqual(t, len(cells), 5, line)
		id, state, shown := strings.TrimSpace(cells[0]), cells[len(cells)-3], cells[len(cells)-1]
		assert.False(t, seen[id], "%s is there twice", id)
		seen[id] = true
		assert.Contains(t, []string{"covered", "partly", "open", "no code"}, state, id)
		tests := testsIn(t, shown)
		assert.Equal(t, state == "covered" || state == "partly", tests > 0, "%s is %s and names %d tests", id, state, tests)
	}
	assert.Len(t, seen, 175)
}

var testName = regexp.MustCompile(`Test\w+`)

// testsIn counts the tests that a cell names: "package Test, Test; package Test".
func testsIn(t *testing.T, cell string) int {
	t.Helper()
	count := 0
	for _, part := range strings.Split(cell, ";") {
		folder, _, _ := strings.Cut(strings.TrimSpace(part), " ")
		for _, name := range testName.FindAllString(part, -1) {
			count++
			assert.True(t, declared(t, folder, name), "there is no %s in %s", name, folder)
		}
	}
	return count
}

func declared(t *testing.T, folder, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", folder, "*_test.go"))
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		if strings.Contains(string(text), "func "+name+"(") {
			return true
		}
	}
	return false
}
