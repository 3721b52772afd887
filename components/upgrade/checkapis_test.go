package upgrade_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/megazonecloud/eks-platform/components/upgrade"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// checked is what CheckAPIs says of one object: the error, or the warning.
func checked(target string, object upgrade.Object) (refused, warned string) {
	var list problem.List
	for _, warning := range upgrade.CheckAPIs(&list, target, []upgrade.Object{object}) {
		warned = warning.String()
	}
	for _, p := range list.All() {
		refused = p.String()
	}
	return refused, warned
}

func TestAPIs(t *testing.T) {
	t.Parallel()
	const refused, warned = "refused", "warned"
	for name, test := range map[string]struct {
		target, version, kind, verdict, want string
	}{
		"served":                 {"1.36", "apps/v1", "Deployment", "", ""},
		"core":                   {"1.36", "v1", "ConfigMap", "", ""},
		"custom resource":        {"1.36", "crd.k8s.amazonaws.com/v1alpha1", "ENIConfig", "", ""},
		"alpha that is foreign":  {"1.36", "gateway.networking.k8s.io/v1alpha2", "TCPRoute", "", ""},
		"removed long ago":       {"1.33", "policy/v1beta1", "PodDisruptionBudget", refused, "PodDisruptionBudget shop/web: policy/v1beta1 is gone since Kubernetes 1.25; use policy/v1"},
		"a list of them":         {"1.33", "policy/v1beta1", "PodDisruptionBudgetList", refused, "policy/v1beta1 is gone since Kubernetes 1.25; use policy/v1"},
		"no longer in k8s.io":    {"1.33", "autoscaling/v2beta2", "HorizontalPodAutoscaler", refused, "gone since Kubernetes 1.26; use autoscaling/v2"},
		"extensions":             {"1.33", "extensions/v1beta1", "Ingress", refused, "gone since Kubernetes 1.22; use networking.k8s.io/v1"},
		"flow control":           {"1.33", "flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema", refused, "gone since Kubernetes 1.32; use flowcontrol.apiserver.k8s.io/v1"},
		"pod security":           {"1.33", "policy/v1beta1", "PodSecurityPolicy", refused, "gone since Kubernetes 1.25; use the namespace's pod-security.kubernetes.io labels"},
		"policies, a step away":  {"1.33", "admissionregistration.k8s.io/v1beta1", "ValidatingAdmissionPolicy", warned, "ValidatingAdmissionPolicy shop/web: admissionregistration.k8s.io/v1beta1 is deprecated, and gone in Kubernetes 1.34; use admissionregistration.k8s.io/v1"},
		"policies, there":        {"1.34", "admissionregistration.k8s.io/v1beta1", "ValidatingAdmissionPolicy", refused, "gone since Kubernetes 1.34"},
		"claims, not yet":        {"1.34", "resource.k8s.io/v1beta1", "ResourceClaim", "", ""},
		"claims, deprecated":     {"1.35", "resource.k8s.io/v1beta1", "ResourceClaim", warned, "deprecated, and gone in Kubernetes 1.38; use resource.k8s.io/v1"},
		"claims, alpha":          {"1.33", "resource.k8s.io/v1alpha3", "ResourceClaim", refused, "resource.k8s.io/v1alpha3 is alpha, which EKS does not serve; use resource.k8s.io/v1, from Kubernetes 1.34 on"},
		"claims, alpha, and now": {"1.34", "resource.k8s.io/v1alpha3", "ResourceClaim", refused, "is alpha, which EKS does not serve; use resource.k8s.io/v1"},
		"alpha of no row":        {"1.36", "scheduling.k8s.io/v1alpha1", "PriorityClass", refused, "PriorityClass shop/web: scheduling.k8s.io/v1alpha1 is alpha, which EKS does not serve"},
		"endpoints":              {"1.33", "v1", "Endpoints", warned, "v1 is deprecated since Kubernetes 1.33; use discovery.k8s.io/v1 EndpointSlice"},
		"nothing instead":        {"1.36", "coordination.k8s.io/v1beta1", "LeaseCandidate", warned, "LeaseCandidate shop/web: coordination.k8s.io/v1beta1 is deprecated, and gone in Kubernetes 1.39"},
		"beyond the table":       {"1.99", "apps/v1", "Deployment", warned, "what Kubernetes 1.99 removes is not known here"},
		"no version":             {"latest", "policy/v1beta1", "PodDisruptionBudget", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := map[string]string{"": ""}
			got[refused], got[warned] = checked(test.target, upgrade.Object{APIVersion: test.version, Kind: test.kind, Namespace: "shop", Name: "web"})
			for verdict, text := range got {
				if verdict == test.verdict && verdict != "" {
					assert.Contains(t, text, test.want)
				} else {
					assert.Empty(t, text, verdict)
				}
			}
		})
	}
}

func TestAllObjectsAreNamed(t *testing.T) {
	t.Parallel()
	var list problem.List
	upgrade.CheckAPIs(&list, "1.35", []upgrade.Object{
		{APIVersion: "policy/v1beta1", Kind: "PodDisruptionBudget", Namespace: "shop", Name: "web"},
		{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: "web"},
		{APIVersion: "rbac.authorization.k8s.io/v1beta1", Kind: "ClusterRole", Name: "reader"},
	})
	assert.EqualError(t, list.Err("objects"), "objects: 2 problems\n"+
		"  - ClusterRole reader: rbac.authorization.k8s.io/v1beta1 is gone since Kubernetes 1.22; use rbac.authorization.k8s.io/v1\n"+
		"  - PodDisruptionBudget shop/web: policy/v1beta1 is gone since Kubernetes 1.25; use policy/v1")
}

func TestChangesOfAMinor(t *testing.T) {
	t.Parallel()
	gone, deprecated := upgrade.APIChanges("1.34")
	assert.Equal(t, []string{"admissionregistration.k8s.io/v1beta1 ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding: use admissionregistration.k8s.io/v1"}, gone)
	assert.Contains(t, deprecated, "networking.k8s.io/v1beta1 IPAddress, ServiceCIDR: use networking.k8s.io/v1 (gone in 1.37)")
	_, deprecated = upgrade.APIChanges("1.33")
	assert.Equal(t, []string{"v1 Endpoints: use discovery.k8s.io/v1 EndpointSlice"}, deprecated)
	gone, deprecated = upgrade.APIChanges("latest")
	assert.Empty(t, append(gone, deprecated...))
}

// kinds of the k8s.io/api module by "version Kind", with the minors in which each was
// introduced, is deprecated and removed; 0 where the module says nothing.
type lifecycle struct{ introduced, deprecated, removed int }

// The table says of every type what Kubernetes itself does, in each minor that it has
// to be right for, and names no replacement that the minor does not serve.
func TestTheTableSaysWhatKubernetesDoes(t *testing.T) {
	t.Parallel()
	types := lifecycles(t)
	require.Greater(t, len(types), 200, "the module is read")
	for typ, life := range types {
		version, kind, _ := strings.Cut(typ, " ")
		for minor := 33; minor <= 37; minor++ {
			target := fmt.Sprintf("1.%d", minor)
			refused, warned := checked(target, upgrade.Object{APIVersion: version, Kind: kind})
			switch {
			case strings.Contains(version, "alpha"):
				if life.deprecated > 0 && minor >= life.deprecated {
					assert.NotEmpty(t, refused, "%s is alpha", typ)
				}
			case life.removed > 0 && minor >= life.removed:
				assert.Contains(t, refused, fmt.Sprintf("gone since Kubernetes 1.%d", life.removed), "%s in %s", typ, target)
			case life.deprecated > 0 && minor >= life.deprecated:
				assert.Contains(t, warned, fmt.Sprintf("gone in Kubernetes 1.%d", life.removed), "%s in %s", typ, target)
			case typ != "v1 Endpoints" && typ != "v1 EndpointsList" && typ != "v1 ComponentStatus" && typ != "v1 ComponentStatusList":
				assert.Empty(t, refused+warned, "%s in %s", typ, target)
			}
			checkReplacement(t, types, minor, kind, refused+warned)
		}
	}
}

var use = regexp.MustCompile(`; use ([a-z0-9./]+)( [A-Z]\w+)?$`)

// checkReplacement holds what a message says to write against the types that there are.
func checkReplacement(t *testing.T, types map[string]lifecycle, minor int, kind, message string) {
	t.Helper()
	found := use.FindStringSubmatch(message)
	if found == nil {
		return
	}
	if found[2] != "" {
		kind = strings.TrimSpace(found[2])
	}
	life, served := types[found[1]+" "+kind]
	assert.True(t, served, "there is no %s %s: %s", found[1], kind, message)
	assert.LessOrEqual(t, life.introduced, minor, message)
}

// Rows of types that k8s.io/api no longer has, or never had, are those of the
// deprecation guide; no row is misspelt.
func TestRowsWithoutTypes(t *testing.T) {
	t.Parallel()
	guide := map[string]int{
		"apiextensions.k8s.io/v1beta1 CustomResourceDefinition": 22, "apiregistration.k8s.io/v1beta1 APIService": 22,
		"autoscaling/v2beta1 HorizontalPodAutoscaler": 25, "autoscaling/v2beta2 HorizontalPodAutoscaler": 26,
		"extensions/v1beta1 PodSecurityPolicy": 16, "policy/v1beta1 PodSecurityPolicy": 25,
	}
	types := lifecycles(t)
	rows := 0
	for minor := range 50 {
		gone, _ := upgrade.APIChanges(fmt.Sprintf("1.%d", minor))
		for _, text := range gone {
			text, _, _ = strings.Cut(text, ":")
			version, kinds, _ := strings.Cut(text, " ")
			for kind := range strings.SplitSeq(kinds, ", ") {
				rows++
				if life, has := types[version+" "+kind]; has {
					assert.Equal(t, life.removed, minor, "%s %s", version, kind)
				} else {
					assert.Equal(t, guide[version+" "+kind], minor, "%s %s", version, kind)
					delete(guide, version+" "+kind)
				}
			}
		}
	}
	assert.Greater(t, rows, 60)
	assert.Empty(t, guide, "rows that are missing")
}

// Every minor of the catalogue is one that the table knows.
func TestTheTableKnowsTheCatalogue(t *testing.T) {
	t.Parallel()
	for _, minor := range catalog.KubernetesVersions() {
		_, warned := checked(minor, upgrade.Object{APIVersion: "apps/v1", Kind: "Deployment"})
		assert.Empty(t, warned, "read the deprecations of %s into apis.go", minor)
	}
}

// lifecycles reads what the module k8s.io/api says of its types out of its source, so
// that a type of the next release is seen without being named here.
func lifecycles(t *testing.T) map[string]lifecycle {
	t.Helper()
	module, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "k8s.io/api").Output()
	require.NoError(t, err)
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(module)), "*", "*", "zz_generated.prerelease-lifecycle.go"))
	require.NoError(t, err)
	types := map[string]lifecycle{}
	for _, file := range files {
		dir := filepath.Dir(file)
		version := strings.TrimPrefix(groupName(t, filepath.Join(dir, "register.go"))+"/"+filepath.Base(dir), "/")
		for _, declared := range parse(t, file).Decls {
			method, ok := declared.(*ast.FuncDecl)
			if !ok || !strings.HasPrefix(method.Name.Name, "APILifecycle") {
				continue
			}
			typ := version + " " + method.Recv.List[0].Type.(*ast.StarExpr).X.(*ast.Ident).Name
			life := types[typ]
			into := map[string]*int{"Introduced": &life.introduced, "Deprecated": &life.deprecated, "Removed": &life.removed}
			if field := into[strings.TrimPrefix(method.Name.Name, "APILifecycle")]; field != nil {
				results := method.Body.List[0].(*ast.ReturnStmt).Results
				*field, err = strconv.Atoi(results[1].(*ast.BasicLit).Value)
				require.NoError(t, err)
			}
			types[typ] = life
		}
	}
	return types
}

func parse(t *testing.T, file string) *ast.File {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	require.NoError(t, err)
	return parsed
}

// groupName is the constant GroupName of a package's register.go.
func groupName(t *testing.T, file string) string {
	t.Helper()
	for _, declared := range parse(t, file).Decls {
		constants, ok := declared.(*ast.GenDecl)
		if !ok || constants.Tok != token.CONST {
			continue
		}
		value := constants.Specs[0].(*ast.ValueSpec)
		if value.Names[0].Name == "GroupName" {
			name, err := strconv.Unquote(value.Values[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			return name
		}
	}
	require.Fail(t, "no GroupName in "+file)
	return ""
}
