package chart

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

// What the short way reads is what Kubernetes' own reads.
func TestDecodeIsKubernetesYAML(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "# nothing", "a: 1", "a: 1.5", "a: -0x1F", "a: 0755", "a: 1e3", "a: 12345678901", "a: 18446744073709551615", "a: [1, two, null, ~]",
		"a: on\nb: No\nc: 'yes'\nd: y", "1: a\ntrue: b\non: c", "a: 2026-11-23\nb: 2026-11-23T10:00:00Z", "a: &x {b: 1}\nc: *x\nd:\n  <<: *x\n  e: 2",
		"a: |\n  text\n  more\nb: >-\n  folded\n  text", "a: !!binary aGk=", "a: {}\nb: []\nc:", "a: =", "a: 1\na: 2", "a: \"\\u00e4\"\nb: 'ä'", "a: 1_000\nb: 1:30",
	} {
		var want map[string]any
		require.NoError(t, yaml.Unmarshal([]byte(text), &want), text)
		got, err := decode(text)
		require.NoError(t, err, text)
		if want == nil {
			assert.Empty(t, got, text)
			continue
		}
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{"a: b: c", "- a", "text", "[1]: x", "a: *nowhere"} {
		_, err := decode(text)
		assert.Error(t, err, text)
	}
}
