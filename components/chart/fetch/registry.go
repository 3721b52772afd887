package fetch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// Media types of what a registry holds of a chart.
// Source: https://helm.sh/docs/topics/registries, https://github.com/opencontainers/image-spec
const (
	manifestType = "application/vnd.oci.image.manifest.v1+json"
	chartType    = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
)

type manifest struct {
	Layers []struct {
		MediaType string `json:"mediaType"`
		Digest    string `json:"digest"`
	} `json:"layers"`
}

// pull downloads a chart from a registry: its manifest, and in that the one layer
// that is the archive.
func (c *Client) pull(ctx context.Context, path, version string) ([]byte, error) {
	host, name, named := strings.Cut(path, "/")
	if !named {
		return nil, fmt.Errorf("oci://%s names no chart in a registry", path)
	}
	base := "https://" + host + "/v2/" + name
	header := http.Header{"Accept": {manifestType}}
	tag := strings.ReplaceAll(version, "+", "_") // a tag has no plus sign
	text, err := c.authorized(ctx, base+"/manifests/"+tag, header)
	if err != nil {
		return nil, err
	}
	var found manifest
	if err := json.Unmarshal(text, &found); err != nil {
		return nil, fmt.Errorf("oci://%s:%s: its manifest: %w", path, tag, err)
	}
	for _, layer := range found.Layers {
		if layer.MediaType != chartType {
			continue
		}
		header.Del("Accept")
		data, err := c.authorized(ctx, base+"/blobs/"+layer.Digest, header)
		if err != nil {
			return nil, err
		}
		if err := verify(data, layer.Digest); err != nil {
			return nil, fmt.Errorf("oci://%s:%s: %w", path, tag, err)
		}
		return data, nil
	}
	return nil, fmt.Errorf("oci://%s:%s is no chart", path, tag)
}

// authorized reads a URL, with a token where the registry asks for one; the token
// stays in the header.
func (c *Client) authorized(ctx context.Context, at string, header http.Header) ([]byte, error) {
	data, err := c.read(ctx, at, header.Clone())
	var status *errStatus
	if !errors.As(err, &status) || status.code != http.StatusUnauthorized {
		return data, err
	}
	token, failed := c.token(ctx, status.challenge)
	if failed != nil {
		return nil, errors.Join(err, failed)
	}
	header.Set("Authorization", "Bearer "+token)
	return c.read(ctx, at, header.Clone())
}

var parameter = regexp.MustCompile(`(\w+)="([^"]*)"`)

// token gets what a registry's challenge asks for.
// Source: https://distribution.github.io/distribution/spec/auth/token/
func (c *Client) token(ctx context.Context, challenge string) (string, error) {
	values := map[string]string{}
	for _, match := range parameter.FindAllStringSubmatch(challenge, -1) {
		values[match[1]] = match[2]
	}
	realm, err := url.Parse(values["realm"])
	if err != nil || realm.Scheme != "https" {
		return "", errors.New("the registry wants a name and a password; those of a mirror are read from " + UserVariable + " and " + PasswordVariable)
	}
	query := realm.Query()
	for _, key := range []string{"service", "scope"} {
		if values[key] != "" {
			query.Set(key, values[key])
		}
	}
	realm.RawQuery = query.Encode()
	text, err := c.read(ctx, realm.String(), nil)
	if err != nil {
		return "", err
	}
	var answer struct {
		Token       string `json:"token"`
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return "", fmt.Errorf("%s: %w", realm.Redacted(), err)
	}
	if answer.Token != "" {
		return answer.Token, nil
	}
	return answer.AccessToken, nil
}
