package awsfake

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/megazonecloud/eks-platform/offline/standin/delta"
	"github.com/megazonecloud/eks-platform/offline/standin/props"
)

const queueType = "aws:sqs/queue:Queue"

// sqsRows: the ranges and enumerations are those of the SDK's doc comments on Queue.
var sqsRows = map[string]*row{
	queueType: {
		args: sqs.QueueArgs{}, result: sqs.Queue{},
		atMostOne: [][]string{{"name", "namePrefix"}, {"kmsMasterKeyId", "sqsManagedSseEnabled"}},
		rules: []rule{
			{"name", matching(regexp.MustCompile(`^([0-9A-Za-z_-]{1,80}|[0-9A-Za-z_-]{1,75}\.fifo)$`), "must have 1 to 80 letters, digits or -_, for a FIFO queue with .fifo at the end")},
			{"delaySeconds", between(0, 900)}, {"maxMessageSize", between(1024, 262144)},
			{"messageRetentionSeconds", between(60, 1209600)}, {"receiveWaitTimeSeconds", between(0, 20)},
			{"visibilityTimeoutSeconds", between(0, 43200)}, {"kmsDataKeyReusePeriodSeconds", between(60, 86400)},
			{"deduplicationScope", oneOf("messageGroup", "queue")}, {"fifoThroughputLimit", oneOf("perQueue", "perMessageGroupId")},
			{"policy", isJSON}, {"redrivePolicy", isJSON}, {"redriveAllowPolicy", isJSON},
		},
		cross: crossQueue,
		name:  &autoname{property: "name", prefix: "namePrefix", max: 80},
		Rules: delta.Rules{Replace: []string{"name", "namePrefix", "fifoQueue"}},
		defaults: map[string]any{
			"contentBasedDeduplication": false, "delaySeconds": 0, "fifoQueue": false, "maxMessageSize": 262144,
			"messageRetentionSeconds": 345600, "receiveWaitTimeSeconds": 0, "visibilityTimeoutSeconds": 30,
		},
		id: func(t thing) string {
			return fmt.Sprintf("https://sqs.%s.amazonaws.com/%s/%s", t.region, account, t.str("name"))
		},
		outputs: func(t thing) map[string]any {
			outputs := map[string]any{
				"arn": t.arn("sqs", t.str("name")), "url": t.id, "kmsDataKeyReusePeriodSeconds": 300,
				"sqsManagedSseEnabled": !given(t.in, "kmsMasterKeyId"),
			}
			if t.hasTrue("fifoQueue") {
				outputs["deduplicationScope"], outputs["fifoThroughputLimit"] = "queue", "perQueue"
			}
			return outputs
		},
		// AWS hands over the queue that exists where all attributes are the same:
		// here too it is two resources for one queue, which nobody means.
		unique: []unique{{[]string{"name"}, message{"QueueAlreadyExists", "A queue already exists with the same name: %s"}}},
	},
	"aws:sqs/queuePolicy:QueuePolicy": {
		args: sqs.QueuePolicyArgs{}, result: sqs.QueuePolicy{},
		required: []string{"policy"},
		rules:    []rule{{"policy", isJSON}},
		Rules:    delta.Rules{Replace: []string{"queueUrl"}},
		id:       idFrom("", "queueUrl"),
		references: []reference{{
			property: "queueUrl", typ: queueType,
			missing: message{"AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist: %s"},
		}},
		goesWith: "queueUrl",
	},
}

// crossQueue: a FIFO queue is known by its name.
func crossQueue(in resource.PropertyMap) []failure {
	var failures []failure
	fifo, _ := props.Get(in, "fifoQueue")
	known := fifo.IsNull() || fifo.IsBool()
	isFifo := fifo.IsBool() && fifo.BoolValue()
	if name := props.String(in, "name"); known && name != "" && strings.HasSuffix(name, ".fifo") != isFifo {
		failures = append(failures, wrong("invalid queue name: "+name+": names of FIFO queues, and of no others, end with .fifo", "name"))
	}
	if content, _ := props.Get(in, "contentBasedDeduplication"); known && !isFifo && content.IsBool() && content.BoolValue() {
		failures = append(failures, wrong("content-based deduplication can only be set for FIFO queue", "contentBasedDeduplication"))
	}
	return failures
}
