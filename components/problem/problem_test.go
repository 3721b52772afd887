package problem_test

import (
	"testing"

	"github.com/megazonecloud/eks-platform/components/problem"
	"github.com/stretchr/testify/assert"
)

func TestErrNamesEveryProblemInPathOrder(t *testing.T) {
	t.Parallel()
	var part, list problem.List
	part.Add("[1]", "named twice", "remove one")
	list.Under("zones", part.All())
	list.Addf("cidr", "write a CIDR", "%q is not a CIDR", "x")
	problem.OneOf(&list, "nat", "two", "none", "single")
	problem.OneOf(&list, "ok", "a", "a")

	assert.EqualError(t, list.Err("network"), `network: 3 problems
  - cidr: "x" is not a CIDR; write a CIDR
  - nat: "two" is not known; use one of none, single
  - zones[1]: named twice; remove one`)
}

func TestNoProblemIsNoError(t *testing.T) {
	t.Parallel()
	var list problem.List
	assert.NoError(t, list.Err("anything"))
	assert.Equal(t, "a", problem.Join("a", ""))
	assert.Equal(t, "b", problem.Join("", "b"))
	assert.Equal(t, "a.b", problem.Join("a", "b"))
}
