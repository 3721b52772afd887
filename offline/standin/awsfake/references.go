package awsfake

import (
	"fmt"
	"regexp"

	"github.com/megazonecloud/eks-platform/offline/standin/props"
	"github.com/megazonecloud/eks-platform/offline/standin/world"
)

// ec2Reference is an id that EC2 makes up: whoever writes one means an object.
var ec2Reference = regexp.MustCompile(`^(vpc|subnet|sg|igw|eipalloc|nat|rtb|lt|acl|eigw)-[0-9a-f]{17}$`)

// notFound is what EC2 says about an id of each kind that does not exist.
var notFound = map[string]message{
	"vpc":      {"InvalidVpcID.NotFound", "The vpc ID '%s' does not exist"},
	"subnet":   {"InvalidSubnetID.NotFound", "The subnet ID '%s' does not exist"},
	"sg":       {"InvalidGroup.NotFound", "The security group '%s' does not exist"},
	"igw":      {"InvalidInternetGatewayID.NotFound", "The internetGateway ID '%s' does not exist"},
	"eipalloc": {"InvalidAllocationID.NotFound", "The allocation ID '%s' does not exist"},
	"nat":      {"InvalidNatGatewayID.NotFound", "The natGateway ID '%s' does not exist"},
	"rtb":      {"InvalidRouteTableID.NotFound", "The routeTable ID '%s' does not exist"},
	"lt":       {"InvalidLaunchTemplateId.NotFound", "The specified launch template, with template ID %s, does not exist."},
	"eigw":     {"InvalidGatewayID.NotFound", "The gateway ID '%s' does not exist"},
	"acl":      {"InvalidNetworkAclID.NotFound", "The networkAcl ID '%s' does not exist"},
}

// implicitTypes are the types of the objects that AWS makes by itself.
var implicitTypes = map[string]string{
	"sg": securityGroupType, "rtb": "aws:ec2/routeTable:RouteTable", "acl": "aws:ec2/networkAcl:NetworkAcl",
}

// idPrefix gives the kind in an EC2 id.
func idPrefix(id string) string { return ec2Reference.FindStringSubmatch(id)[1] }

// globalScope is the scope of ids that are unique in the account.
const globalScope = "global"

// scope is where a type's ids are unique.
func (r *row) scope(region string) string {
	if r.global {
		return globalScope
	}
	return region
}

// target gives the key of the object that a reference of a thing names, and
// the name, "" where the property is not given or names what is elsewhere.
func (ref reference) target(region string, inputs map[string]any) (key, name string) {
	name, _ = inputs[ref.property].(string)
	id := name
	if ref.id != nil {
		id = ref.id(name, inputs)
	}
	if id == "" {
		return "", ""
	}
	return world.Key(table[ref.typ].scope(region), ref.typ, id), name
}

// dangling refuses inputs that name what does not exist.
func (r *row) dangling(region string, inputs map[string]any, objects *world.Objects) error {
	var err error
	eachReference(inputs, func(id string) {
		if _, found := objects.FindID(region, id); !found && err == nil {
			err = notFound[idPrefix(id)].about(id)
		}
	})
	if err != nil {
		return err
	}
	for _, ref := range r.references {
		key, name := ref.target(region, inputs)
		if _, found := objects.Get(key); name != "" && !found {
			return ref.missing.about(name)
		}
	}
	return nil
}

// owner gives the key of the object that takes this one along, or "".
func (r *row) owner(region string, inputs map[string]any, objects *world.Objects) string {
	for _, ref := range r.references {
		if ref.property == r.goesWith {
			key, _ := ref.target(region, inputs)
			return key
		}
	}
	id, _ := inputs[r.goesWith].(string)
	if owner, found := objects.FindID(region, id); found && id != "" {
		return owner.Key()
	}
	return ""
}

// blocked refuses to delete what another object refers to, and names it.
func (r *row) blocked(region string, target world.Object, objects *world.Objects) error {
	if r.free {
		return nil
	}
	for _, other := range objects.All() {
		holder, known := table[other.Type]
		if !known || holder.yields || other.Owner == target.Key() || other.Key() == target.Key() {
			continue
		}
		if holder.refersTo(region, other, target) {
			code := r.inUse
			if code == "" {
				code = "DependencyViolation"
			}
			return awsError(code, "'%s' has dependencies and cannot be deleted: %s refers to it", target.ID, nameOf(other))
		}
	}
	return nil
}

func (r *row) refersTo(region string, holder, target world.Object) bool {
	found := false
	if holder.Scope == target.Scope {
		eachReference(holder.Inputs, func(id string) { found = found || id == target.ID })
	}
	for _, ref := range r.references {
		key, name := ref.target(region, holder.Inputs)
		found = found || (name != "" && key == target.Key() && !ref.yields)
	}
	return found
}

// nameOf names an object for a person.
func nameOf(object world.Object) string {
	if object.URN == "" {
		return object.ID
	}
	return fmt.Sprintf("%s (%s)", object.URN, object.ID)
}

// eachReference visits every EC2 id in plain inputs, in order. Tags are mere text.
func eachReference(inputs map[string]any, visit func(id string)) {
	for _, key := range props.SortedKeys(inputs) {
		if key != "tags" {
			eachID(inputs[key], visit)
		}
	}
}

func eachID(value any, visit func(id string)) {
	switch v := value.(type) {
	case string:
		if ec2Reference.MatchString(v) {
			visit(v)
		}
	case []any:
		for _, item := range v {
			eachID(item, visit)
		}
	case map[string]any:
		for _, key := range props.SortedKeys(v) {
			eachID(v[key], visit)
		}
	}
}
