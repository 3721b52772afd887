package chart

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/problem"
	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	helm "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"
)

// Rendered is a chart with its objects.
type Rendered struct {
	// Spec is what was rendered, defaults filled in.
	Spec Spec
	// Objects are what the chart installs, in the order in which they are made.
	Objects []Object
	// Dropped are the hooks that are left out.
	Dropped []Dropped
	// Missing says that the chart could not be had, so that its objects are not known.
	Missing bool
}

// Warning is what a person must know of a chart that could not be had; empty otherwise.
func (r Rendered) Warning() string {
	if !r.Missing {
		return ""
	}
	return fmt.Sprintf("NOT IN THIS PLAN: %s. Its objects are unknown to this preview and to every policy; %s", r.absence(), r.remedy())
}

// Manifest is all objects, a JSON document a line: the same bytes for the same spec
// and chart.
func (r Rendered) Manifest() ([]byte, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	for _, o := range r.Objects {
		if err := encoder.Encode(o.Body); err != nil {
			return nil, fmt.Errorf("chart %s: %s: %w", r.Spec.Chart.Name, o, err)
		}
	}
	return text.Bytes(), nil
}

// Render makes the objects of a chart, without a cluster. It reports every problem of
// the values at once. A chart that the source doesn't have is ErrMissing.
func Render(spec Spec, source Source) (Rendered, error) {
	spec = spec.WithDefaults()
	if err := problem.Error("chart "+spec.Chart.Name, spec.Validate()); err != nil {
		return Rendered{}, err
	}
	files, err := source.Open(spec.Chart)
	if err != nil {
		return Rendered{}, fmt.Errorf("chart %s: %w", spec.Chart.Name, err)
	}
	rendered, err := render(spec, files)
	if err != nil {
		return Rendered{}, fmt.Errorf("chart %s %s: %w", spec.Chart.Name, spec.Chart.Version, err)
	}
	return rendered, nil
}

func render(spec Spec, files Files) (Rendered, error) {
	c, err := load(spec, files)
	if err != nil {
		return Rendered{}, err
	}
	if err := problem.Error("values", unknownKeys(spec, c)); err != nil {
		return Rendered{}, err
	}
	calls := &watch{used: map[string]bool{}}
	rendered, err := once(spec, c, calls)
	if err != nil || len(calls.used) == 0 {
		return rendered, err
	}
	// The chart calls something that answers differently each time. Whether any of
	// that reaches an object shows in a second rendering, on another day.
	if c, err = load(spec, files); err != nil {
		return Rendered{}, err
	}
	again, err := once(spec, c, &watch{clock: later, used: map[string]bool{}})
	if err != nil {
		return Rendered{}, err
	}
	if changed := differing(rendered.Objects, again.Objects); len(changed) > 0 {
		return Rendered{}, fmt.Errorf("%s would change at every deployment: the chart calls %s; set the values that it makes up otherwise",
			strings.Join(changed, ", "), strings.Join(calls.names(), ", "))
	}
	return rendered, nil
}

// load reads a chart's files, and checks that they are the chart that was asked for.
func load(spec Spec, files Files) (*helm.Chart, error) {
	buffered := make([]*archive.BufferedFile, 0, len(files))
	for _, file := range files {
		buffered = append(buffered, &archive.BufferedFile{Name: file.Name, Data: file.Data})
	}
	c, err := loader.LoadFiles(buffered)
	if err != nil {
		return nil, fmt.Errorf("reading the chart: %w", err)
	}
	if c.Name() != spec.Chart.Upstream || c.Metadata.Version != spec.Chart.Version {
		return nil, fmt.Errorf("the files are those of chart %s %s", c.Name(), c.Metadata.Version)
	}
	if wants := c.Metadata.KubeVersion; wants != "" && !chartutil.IsCompatibleRange(wants, spec.kubeVersion()) {
		return nil, fmt.Errorf("the chart needs Kubernetes %s, and the cluster has %s", wants, spec.Kubernetes)
	}
	inOrder(c)
	return c, nil
}

// inOrder sorts subcharts: Helm reads them in the order of a Go map.
func inOrder(c *helm.Chart) {
	subcharts := slices.Clone(c.Dependencies())
	slices.SortFunc(subcharts, func(a, b *helm.Chart) int { return strings.Compare(a.Name(), b.Name()) })
	c.SetDependencies(subcharts...)
	for _, sub := range subcharts {
		inOrder(sub)
	}
}

func (s Spec) kubeVersion() string { return "v" + s.Kubernetes + ".0" }

// capabilities are what charts may ask of the cluster.
func (s Spec) capabilities() (*common.Capabilities, error) {
	version, err := common.ParseKubeVersion(s.kubeVersion())
	if err != nil {
		return nil, err
	}
	capabilities := common.DefaultCapabilities.Copy()
	capabilities.KubeVersion = *version
	capabilities.APIVersions = append(catalog.APIVersions(s.Kubernetes), s.APIVersions...)
	return capabilities, nil
}

// once renders a chart that was read for it: Helm changes the chart as it goes.
func once(spec Spec, c *helm.Chart, calls *watch) (Rendered, error) {
	values := spec.Values.Merged()
	if err := chartutil.ProcessDependencies(c, values); err != nil {
		return Rendered{}, fmt.Errorf("subcharts: %w", err)
	}
	capabilities, err := spec.capabilities()
	if err != nil {
		return Rendered{}, err
	}
	options := common.ReleaseOptions{Name: spec.Release, Namespace: spec.Namespace, Revision: 1, IsInstall: true}
	top, err := util.ToRenderValuesWithSchemaValidation(c, values, options, capabilities, true)
	if err != nil {
		return Rendered{}, fmt.Errorf("values: %w", err)
	}
	merged, _ := top["Values"].(common.Values)
	if found := violations(c, merged, ""); len(found) > 0 {
		return Rendered{}, errors.New("values against the chart's schema:\n  - " + strings.Join(found, "\n  - "))
	}
	texts, err := engine.Engine{CustomTemplateFuncs: calls.funcs()}.RenderWithContext(context.Background(), c, top)
	if err != nil {
		return Rendered{}, err
	}
	objects, err := manifests(c, texts)
	if err != nil {
		return Rendered{}, err
	}
	return finish(spec, objects)
}

// differing names the objects that two renderings disagree on.
func differing(first, second []Object) []string {
	others := map[string]string{}
	for _, o := range second {
		others[o.key()] = text(o)
	}
	var changed []string
	for _, o := range first {
		if other, has := others[o.key()]; !has || other != text(o) {
			changed = append(changed, o.String())
		}
	}
	return changed
}

func text(o Object) string {
	written, err := json.Marshal(o.Body)
	if err != nil {
		return err.Error()
	}
	return string(written)
}
