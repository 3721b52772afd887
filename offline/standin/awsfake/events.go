package awsfake

import (
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/megazonecloud/eks-platform/offline/standin/delta"
	"github.com/megazonecloud/eks-platform/offline/standin/props"
)

const (
	eventRuleType = "aws:cloudwatch/eventRule:EventRule"
	defaultBus    = "default"
)

// eventName is what EventBridge allows in names of rules and ids of targets.
var eventName = matching(regexp.MustCompile(`^[0-9A-Za-z_.-]{1,64}$`), "must have 1 to 64 letters, digits or .-_")

// eventRows is EventBridge, which the SDK still counts among CloudWatch. The
// enumerations are those of the SDK's doc comments on EventRule and EventTarget.
var eventRows = map[string]*row{
	eventRuleType: {
		args: cloudwatch.EventRuleArgs{}, result: cloudwatch.EventRule{},
		atMostOne:  [][]string{{"name", "namePrefix"}, {"isEnabled", "state"}},
		atLeastOne: [][]string{{"eventPattern", "scheduleExpression"}},
		rules: []rule{
			{"name", eventName}, {"namePrefix", matching(regexp.MustCompile(`^[0-9A-Za-z_.-]{1,38}$`), "must have 1 to 38 letters, digits or .-_")},
			{"eventPattern", onText(patternFailure)},
			{"scheduleExpression", matching(regexp.MustCompile(`^(rate|cron)\(.+\)$`), "is refused: ValidationException: Parameter ScheduleExpression is not valid.")},
			{"state", oneOf("DISABLED", "ENABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS")},
			{"description", matching(regexp.MustCompile(`(?s)^.{0,512}$`), "must have at most 512 characters")},
		},
		cross:    crossEventRule,
		name:     &autoname{property: "name", prefix: "namePrefix", max: 64},
		Rules:    delta.Rules{Replace: []string{"name", "namePrefix", "eventBusName"}},
		defaults: map[string]any{"eventBusName": defaultBus, "forceDestroy": false},
		id:       func(t thing) string { return onBus(t.str("eventBusName"), "/", t.str("name")) },
		outputs: func(t thing) map[string]any {
			return map[string]any{"arn": t.arn("events", "rule/"+t.id), "state": "ENABLED"}
		},
		inUse: "ValidationException",
	},
	"aws:cloudwatch/eventTarget:EventTarget": {
		args: cloudwatch.EventTargetArgs{}, result: cloudwatch.EventTarget{},
		atMostOne: [][]string{{"input", "inputPath", "inputTransformer"}},
		rules: []rule{
			{"rule", eventName}, {"targetId", eventName}, {"input", isJSON},
			{"retryPolicy.maximumEventAgeInSeconds", between(0, 86400)}, {"retryPolicy.maximumRetryAttempts", between(0, 185)},
		},
		name:     &autoname{property: "targetId", max: 64},
		Rules:    delta.Rules{Replace: []string{"rule", "targetId", "eventBusName"}},
		defaults: map[string]any{"eventBusName": defaultBus, "forceDestroy": false},
		id: func(t thing) string {
			return onBus(t.str("eventBusName"), "-", t.str("rule")+"-"+t.str("targetId"))
		},
		references: []reference{{
			property: "rule", typ: eventRuleType,
			missing: message{"ResourceNotFoundException", "Rule %s does not exist on the event bus."},
			id: func(rule string, inputs map[string]any) string {
				bus, _ := inputs["eventBusName"].(string)
				return onBus(bus, "/", rule)
			},
		}},
	},
}

// onBus gives the id of something on an event bus; of the default bus none speaks.
func onBus(bus, separator, id string) string {
	if bus == "" || bus == defaultBus {
		return id
	}
	return bus + separator + id
}

// crossEventRule: schedules are only kept on the default bus.
func crossEventRule(in resource.PropertyMap) []failure {
	if !given(in, "scheduleExpression") {
		return nil
	}
	var failures []failure
	if bus := props.String(in, "eventBusName"); bus != "" && bus != defaultBus {
		failures = append(failures, wrong("ValidationException: ScheduleExpression is supported only on the default event bus.", "scheduleExpression"))
	}
	if props.String(in, "state") == "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS" {
		failures = append(failures, wrong("a rule with a scheduleExpression cannot have this state", "state"))
	}
	return failures
}

// patternFailure judges an event pattern: an object of lists, or of objects of
// the same form.
// Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
func patternFailure(text string) string {
	const refusal = "InvalidEventPatternException: Event pattern is not valid. Reason: "
	var pattern map[string]any
	if err := json.Unmarshal([]byte(text), &pattern); err != nil {
		return refusal + err.Error()
	}
	if len(text) > 4096 {
		return "cannot be longer than 4096 characters"
	}
	if key := scalarIn(pattern); key != "" {
		return refusal + fmt.Sprintf("%q must be an object or an array", key)
	}
	return ""
}

// scalarIn names a key of a pattern that has neither a list nor an object.
func scalarIn(pattern map[string]any) string {
	for _, key := range props.SortedKeys(pattern) {
		switch value := pattern[key].(type) {
		case []any:
		case map[string]any:
			if inner := scalarIn(value); inner != "" {
				return inner
			}
		default:
			return key
		}
	}
	return ""
}
