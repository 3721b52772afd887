package awsfake

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/megazonecloud/eks-platform/offline/standin/props"
	"github.com/megazonecloud/eks-platform/offline/standin/world"
)

const (
	// account is the simulated account: one that AWS keeps for documentation.
	account   = "111122223333"
	partition = "aws"
	// createdAt stands for every time stamp, so that runs repeat.
	createdAt = "2025-01-01T00:00:00Z"
)

// thing is one object while its outputs are worked out. All that is made up
// follows from its URN and how often that URN was created.
type thing struct {
	region     string
	urn        string
	generation int
	id         string
	in         resource.PropertyMap // revealed, defaults included
	objects    *world.Objects       // what else exists; never nil
}

// str gives an input string, or "".
func (t thing) str(path ...string) string { return props.String(t.in, path...) }

// strs gives an input list of strings, unknown items left out.
func (t thing) strs(path ...string) []string {
	var texts []string
	if list, found := props.Get(t.in, path...); found && list.IsArray() {
		for _, item := range list.ArrayValue() {
			if item.IsString() {
				texts = append(texts, item.StringValue())
			}
		}
	}
	return texts
}

// hasTrue tells whether a boolean input is given and true.
func (t thing) hasTrue(path ...string) bool {
	value, found := props.Get(t.in, path...)
	return found && value.IsBool() && value.BoolValue()
}

// hex makes up n hexadecimal digits; the salt tells one use from another.
func (t thing) hex(salt string, n int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s|%d|%s", t.urn, t.generation, salt))
	return hex.EncodeToString(sum[:])[:n]
}

// ec2ID makes up an id such as vpc-0a1b….
func (t thing) ec2ID(prefix string) string { return prefix + "-0" + t.hex(prefix, 16) }

// idFrom gives the id function for ids made of inputs.
func idFrom(separator string, properties ...string) func(thing) string {
	return func(t thing) string {
		parts := make([]string, len(properties))
		for i, property := range properties {
			parts[i] = t.str(property)
		}
		return strings.Join(parts, separator)
	}
}

// arn gives an ARN in the region of the thing.
func (t thing) arn(service, rest string) string {
	return fmt.Sprintf("arn:%s:%s:%s:%s:%s", partition, service, t.region, account, rest)
}

// iamARN gives an ARN of the account-wide service IAM.
func iamARN(rest string) string {
	return fmt.Sprintf("arn:%s:iam::%s:%s", partition, account, rest)
}

// uuid makes up a UUID.
func (t thing) uuid(salt string) string {
	h := t.hex(salt, 32)
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}

// address makes up an IP address whose first octets are given.
func (t thing) address(salt, network string) string {
	sum := sha256.Sum256([]byte(t.urn + salt))
	return fmt.Sprintf("%s.%d.%d", network, sum[0], sum[1])
}

// lastSegment gives what follows the last slash: the id in an ARN.
func lastSegment(text string) string { return text[strings.LastIndexByte(text, '/')+1:] }
