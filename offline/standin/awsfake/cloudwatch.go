package awsfake

import (
	"regexp"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"

	"github.com/megazonecloud/eks-platform/offline/standin/delta"
)

// cloudwatchRows: the enumerations are those of the SDK's doc comments on LogGroup.
var cloudwatchRows = map[string]*row{
	"aws:cloudwatch/logGroup:LogGroup": {
		args: cloudwatch.LogGroupArgs{}, result: cloudwatch.LogGroup{},
		atMostOne: [][]string{{"name", "namePrefix"}},
		rules: []rule{
			{"name", matching(regexp.MustCompile(`^[.\-_/#A-Za-z0-9]{1,512}$`), "must have 1 to 512 letters, digits or .-_/#")},
			{"retentionInDays", oneOfNumbers(0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731,
				1096, 1827, 2192, 2557, 2922, 3288, 3653)},
			{"logGroupClass", oneOf("STANDARD", "INFREQUENT_ACCESS", "DELIVERY")},
			{"kmsKeyId", isARN},
		},
		name:     &autoname{property: "name", prefix: "namePrefix", max: 512},
		Rules:    delta.Rules{Replace: []string{"name", "namePrefix", "logGroupClass"}},
		defaults: map[string]any{"retentionInDays": 0, "skipDestroy": false},
		id:       idFrom("", "name"),
		outputs: func(t thing) map[string]any {
			return map[string]any{"arn": t.arn("logs", "log-group:"+t.id), "logGroupClass": "STANDARD"}
		},
		taken: message{"ResourceAlreadyExistsException", "The specified log group already exists: %s"},
	},
}
