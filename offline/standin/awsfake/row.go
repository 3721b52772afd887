package awsfake

import (
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/megazonecloud/eks-platform/offline/standin/delta"
)

// row is all that the stand-in knows of one resource type beyond what the
// SDK's own Go types tell. Properties are named by patterns (props.Match).
type row struct {
	// args and result are zero values of the SDK's XArgs and X.
	args   interface{ ElementType() reflect.Type }
	result any

	// required lists what must be given and has a Go type that cannot tell:
	// lists, maps and interfaces.
	required []string
	// atMostOne and exactlyOne are groups of properties that exclude each other;
	// of atLeastOne some may be given, or all.
	atMostOne  [][]string
	exactlyOne [][]string
	atLeastOne [][]string
	rules      []rule
	// cross judges what only several properties together can show.
	cross func(in resource.PropertyMap) []failure

	name     *autoname
	defaults map[string]any

	// differences
	delta.Rules
	// kinds are properties of which one tells what kind an object is: its value
	// may change in place, but another one instead of it replaces the object.
	kinds []string
	// deleteFirst: the old object stands in the new one's way.
	deleteFirst bool

	// global types have ids that are unique in the account, not in a region.
	global bool
	// id gives the id of a created object.
	id func(t thing) string
	// outputs gives the computed outputs; a nested object is laid over the
	// input of the same name.
	outputs func(t thing) map[string]any
	// updated gives those outputs that an update of some inputs changes.
	updated func(old resource.PropertyMap, changed []resource.PropertyKey, t thing) map[string]any
	// implicit names the outputs that are ids of objects AWS makes along.
	implicit [][]string

	// taken is the error for an id that exists already.
	taken message
	// unique lists further properties whose values two objects cannot share.
	unique []unique
	// references lists properties that name another object other than by an
	// id such as subnet-….
	references []reference
	// goesWith is the property that names the object which takes this one
	// along when it is deleted.
	goesWith string
	// inUse is the service's error code for deleting what is referred to.
	inUse string
	// free: AWS deletes an object of this type whatever refers to it.
	free bool
	// yields: a reference held by this type does not keep AWS from deleting
	// what it refers to.
	yields bool
	// admit has the last word on a creation, with the world at hand.
	admit func(t thing) error
	// amend has the last word on an update of an object with these inputs.
	amend func(old map[string]any, t thing) error
}

// again asks of an update what is asked of a creation.
func again(admit func(thing) error) func(map[string]any, thing) error {
	return func(_ map[string]any, t thing) error { return admit(t) }
}

// autoname says which property is the name that the provider makes up.
type autoname struct {
	property string
	prefix   string // the property with a prefix to use instead, if any
	max      int
	format   string // a Printf format around the made-up name, "" for none
}

// message is an error as AWS words it; a %s stands for the name or id.
type message struct{ code, text string }

type unique struct {
	properties []string
	message    message
}

type reference struct {
	property string
	typ      string
	missing  message
	// id turns the property's value into the object's id, "" for what is not of
	// the simulated account; nil where the value is the id.
	id func(value string, inputs map[string]any) string
	// yields: this reference does not keep AWS from deleting what it names.
	yields bool
}

// table is every type that the stand-in knows, filled by one file a service.
var table = merge(
	ec2Network, ec2VPC, ec2Routing, ec2Security, ec2Launch, vpcRows, autoscalingRows, iamRows, kmsRows, sqsRows,
	cloudwatchRows, eventRows, eksRows, eksAccessRows, eksWorkloadRows, efsRows, fsxRows, s3Rows,
)

func merge(services ...map[string]*row) map[string]*row {
	all := map[string]*row{}
	for _, service := range services {
		for token, r := range service {
			all[token] = r
		}
	}
	return all
}
