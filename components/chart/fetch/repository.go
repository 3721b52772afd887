package fetch

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"sigs.k8s.io/yaml"
)

// index is what is needed of a repository's index.yaml.
type index struct {
	Entries map[string][]release `json:"entries"`
}

type release struct {
	Version string   `json:"version"`
	Digest  string   `json:"digest"`
	URLs    []string `json:"urls"`
}

// get downloads a chart from an HTTP repository.
func (c *Client) get(ctx context.Context, repository, name, version string) ([]byte, error) {
	found, err := c.index(ctx, repository)
	if err != nil {
		return nil, err
	}
	for _, release := range found.Entries[name] {
		if release.Version == version && len(release.URLs) > 0 {
			return c.archive(ctx, repository, release)
		}
	}
	return nil, fmt.Errorf("%s has no chart %s %s", repository, name, version)
}

// index reads a repository's index once.
func (c *Client) index(ctx context.Context, repository string) (index, error) {
	c.mu.Lock()
	read, known := c.indexes[repository]
	if !known {
		read = sync.OnceValues(func() (index, error) {
			var parsed index
			text, err := c.read(ctx, repository+"/index.yaml", nil)
			if err != nil {
				return parsed, err
			}
			if err := yaml.Unmarshal(text, &parsed); err != nil {
				return parsed, fmt.Errorf("%s/index.yaml: %w", repository, err)
			}
			return parsed, nil
		})
		c.indexes[repository] = read
	}
	c.mu.Unlock()
	return read()
}

// archive downloads a release; its URL may be relative to the repository's, or in a
// registry.
func (c *Client) archive(ctx context.Context, repository string, release release) ([]byte, error) {
	base, err := url.Parse(repository + "/")
	if err != nil {
		return nil, err
	}
	at, err := base.Parse(release.URLs[0])
	if err != nil {
		return nil, fmt.Errorf("%s/index.yaml: %w", repository, err)
	}
	if at.Scheme == "oci" {
		path, _, _ := strings.Cut(at.Path, ":")
		return c.pull(ctx, at.Host+path, release.Version)
	}
	if at.Scheme != "https" {
		return nil, fmt.Errorf("%s: is not encrypted", at.Redacted())
	}
	data, err := c.read(ctx, at.String(), nil)
	if err != nil {
		return nil, err
	}
	if release.Digest == "" {
		return data, nil
	}
	if err := verify(data, release.Digest); err != nil {
		return nil, fmt.Errorf("%s: %w", at.Redacted(), err)
	}
	return data, nil
}
