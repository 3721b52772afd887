package stacks_test

import (
	"encoding/json"
	"testing"

	"github.com/megazonecloud/eks-platform/stacks"
	"github.com/megazonecloud/eks-platform/tests/recorder"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The program of a stack checks its objects when all is registered: here one more, that
// comes with the first resource. Its outputs are there all the same.
func TestTheProgramChecksItsObjects(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(valid("dev"))
	require.NoError(t, err)
	for mode, options := range map[string][]recorder.Option{"update": nil, "preview": {recorder.Preview()}} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			added := false // the transformation sees its own object, too
			r, err := recorder.Run(func(ctx *pulumi.Context) error {
				if err := ctx.RegisterStackTransformation(func(*pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
					if !added {
						added = true
						assert.NoError(t, register(ctx, "policy/v1beta1", "PodDisruptionBudget", "web", object{}))
					}
					return nil
				}); err != nil {
					return err
				}
				return stacks.DeployWith(november, noCharts)(ctx)
			}, append(options, recorder.Config(stacks.Key, string(text)))...)
			require.ErrorContains(t, err, "Kubernetes objects of stack dev: 1 problem\n  - PodDisruptionBudget shop/web: policy/v1beta1 is gone since Kubernetes 1.25; use policy/v1")
			assert.NotEmpty(t, r.OfType("aws:eks/nodeGroup:NodeGroup"), "everything was registered")
		})
	}
}
