package awsfake

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/megazonecloud/eks-platform/offline/standin/props"
)

// judge tells what is wrong with a known value, "" for nothing.
type judge func(resource.PropertyValue) string

// rule applies a judge to the properties that a pattern names.
type rule struct {
	at    string
	judge judge
}

// text gives a scalar as the string that AWS would get.
func text(v resource.PropertyValue) (string, bool) {
	switch {
	case v.IsString():
		return v.StringValue(), true
	case v.IsBool():
		return strconv.FormatBool(v.BoolValue()), true
	case v.IsNumber():
		return decimal(v.NumberValue()), true
	}
	return "", false
}

func decimal(number float64) string { return strconv.FormatFloat(number, 'f', -1, 64) }

// onText makes a judge of scalars; what is no scalar is the shape's business.
func onText(judge func(string) string) judge {
	return func(v resource.PropertyValue) string {
		if s, scalar := text(v); scalar {
			return judge(s)
		}
		return ""
	}
}

func oneOf(allowed ...string) judge {
	return onText(func(s string) string {
		if slices.Contains(allowed, s) {
			return ""
		}
		return fmt.Sprintf("expected one of %s, got %q", strings.Join(allowed, ", "), s)
	})
}

func oneOfNumbers(allowed ...int) judge {
	texts := make([]string, len(allowed))
	for i, number := range allowed {
		texts[i] = strconv.Itoa(number)
	}
	return oneOf(texts...)
}

func between(low, high float64) judge {
	return onText(func(s string) string {
		if number, err := strconv.ParseFloat(s, 64); err == nil && (number < low || number > high) {
			return fmt.Sprintf("expected %s to %s, got %s", decimal(low), decimal(high), s)
		}
		return ""
	})
}

// zeroOr lets a judge see what is not zero.
func zeroOr(judge judge) judge {
	return func(v resource.PropertyValue) string {
		if s, _ := text(v); s == "0" {
			return ""
		}
		return judge(v)
	}
}

func matching(pattern *regexp.Regexp, reason string) judge {
	return onText(func(s string) string {
		if pattern.MatchString(s) {
			return ""
		}
		return fmt.Sprintf("%q %s", s, reason)
	})
}

func notMatching(pattern *regexp.Regexp, reason string) judge {
	return onText(func(s string) string {
		if !pattern.MatchString(s) {
			return ""
		}
		return fmt.Sprintf("%q %s", s, reason)
	})
}

// cidr judges a block of one address family the way the provider does: host
// bits must be zero.
func cidr(v4 bool) judge {
	family := map[bool]string{true: "IPv4", false: "IPv6"}[v4]
	return onText(func(s string) string {
		block, err := netip.ParsePrefix(s)
		switch {
		case s == "" && !v4:
			return ""
		case err != nil || block.Addr().Is4() != v4:
			return fmt.Sprintf("%q is not a valid %s CIDR block", s, family)
		case block != block.Masked():
			return fmt.Sprintf("%q is not a valid %s CIDR block; did you mean %q?", s, family, block.Masked())
		}
		return ""
	})
}

func prefixBetween(low, high int) judge {
	return onText(func(s string) string {
		if block, err := netip.ParsePrefix(s); err == nil && (block.Bits() < low || block.Bits() > high) {
			return fmt.Sprintf("expected a prefix between /%d and /%d, got %s", low, high, s)
		}
		return ""
	})
}

var isPrivate = onText(func(s string) string {
	if block, err := netip.ParsePrefix(s); err == nil && !block.Addr().IsPrivate() {
		return fmt.Sprintf("expected a block within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, got %s", s)
	}
	return ""
})

var isBase64 = onText(func(s string) string {
	if _, err := base64.StdEncoding.DecodeString(s); err != nil {
		return "expected base64"
	}
	return ""
})

var isJSON = onText(func(s string) string {
	if s != "" && !json.Valid([]byte(s)) {
		return "expected valid JSON"
	}
	return ""
})

// arnPattern is arn:partition:service:region:account:resource.
var arnPattern = regexp.MustCompile(`^arn:aws(-[a-z]+)*:[\w-]+:([a-z]{2}(-[a-z]+)+-\d)?:(aws|aws-managed|third-party|\d{12}|cw.{10})?:.+$`)

var isARN = onText(func(s string) string {
	if s == "" || arnPattern.MatchString(s) {
		return ""
	}
	return fmt.Sprintf("%q is not an ARN", s)
})

// number gives a known number among inputs.
func number(in resource.PropertyMap, path ...string) (float64, bool) {
	v, _ := props.Get(in, path...)
	if !v.IsNumber() {
		return 0, false
	}
	return v.NumberValue(), true
}

var notEmpty = onText(func(s string) string {
	if s == "" {
		return "must not be empty"
	}
	return ""
})

// isPolicy judges a policy document, given as JSON or as an object.
func isPolicy(v resource.PropertyValue) string {
	document := map[string]any{}
	switch {
	case v.IsString():
		if err := json.Unmarshal([]byte(v.StringValue()), &document); err != nil {
			return "contains an invalid JSON policy: " + err.Error()
		}
	case v.IsObject():
		document = props.Public(v.ObjectValue())
	default:
		return "expected a policy document"
	}
	for _, key := range []string{"Version", "Statement"} {
		if _, given := document[key]; given {
			continue
		}
		if v.IsObject() && v.ObjectValue().HasValue(resource.PropertyKey(key)) {
			continue // given, not known yet
		}
		return "MalformedPolicyDocument: the policy has no " + key
	}
	if version, plain := document["Version"].(string); plain && version != "2012-10-17" && version != "2008-10-17" {
		return fmt.Sprintf("MalformedPolicyDocument: %q is not a policy language version", version)
	}
	return ""
}
