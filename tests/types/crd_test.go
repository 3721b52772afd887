package types_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	kjson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"sigs.k8s.io/yaml"
)

// decode reads a registered object into its project's type; a field that the type does
// not have is an error.
func decode[T any](t *testing.T, registered recorder.Resource) *T {
	t.Helper()
	text, err := json.Marshal(registered.Inputs)
	require.NoError(t, err)
	into := new(T)
	require.NoError(t, yaml.UnmarshalStrict(text, into), registered.Name)
	return into
}

// admit does with an object what an API server does: unknown fields are refused, defaults
// filled in, then come the schema and the rules in CEL. It returns what is wrong.
func admit(t *testing.T, crd *apiextensionsv1.CustomResourceDefinition, registered recorder.Resource) field.ErrorList {
	t.Helper()
	version := slices.IndexFunc(crd.Spec.Versions, func(v apiextensionsv1.CustomResourceDefinitionVersion) bool {
		return v.Served && crd.Spec.Group+"/"+v.Name == registered.Inputs["apiVersion"]
	})
	require.GreaterOrEqual(t, version, 0, "%s is not served by %s", registered.Inputs["apiVersion"], crd.Name)
	var internal apiextensions.JSONSchemaProps
	require.NoError(t, apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(crd.Spec.Versions[version].Schema.OpenAPIV3Schema, &internal, nil))
	structural, err := schema.NewStructural(&internal)
	require.NoError(t, err)
	validator, _, err := validation.NewSchemaValidator(&internal)
	require.NoError(t, err)

	text, err := json.Marshal(registered.Inputs)
	require.NoError(t, err)
	var object map[string]any
	require.NoError(t, kjson.Unmarshal(text, &object)) // whole numbers become int64, which CEL needs
	var problems field.ErrorList
	for _, path := range pruning.PruneWithOptions(object, structural, true, schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}) {
		problems = append(problems, field.Invalid(field.NewPath(path), "", "is no field of "+crd.Spec.Names.Kind))
	}
	defaulting.Default(object, structural)
	problems = append(problems, validation.ValidateCustomResource(nil, object, validator)...)
	found, _ := cel.NewValidator(structural, true, celconfig.PerCallLimit).
		Validate(t.Context(), nil, structural, object, nil, celconfig.RuntimeCELCostBudget)
	return append(problems, found...)
}

// crdOf finds the definition of a kind.
func crdOf(t *testing.T, all []*apiextensionsv1.CustomResourceDefinition, kind string) *apiextensionsv1.CustomResourceDefinition {
	t.Helper()
	for _, crd := range all {
		if crd.Spec.Names.Kind == kind {
			return crd
		}
	}
	assert.FailNow(t, "there is no "+kind)
	return nil
}
