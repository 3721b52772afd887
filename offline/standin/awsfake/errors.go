package awsfake

import (
	"fmt"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// awsError words an error the way AWS does: a code, then a sentence.
func awsError(code, format string, args ...any) error {
	return status.Error(codes.FailedPrecondition, code+": "+fmt.Sprintf(format, args...))
}

// about words an error of the table about a name or an id.
func (m message) about(what string) error {
	if strings.Contains(m.text, "%s") {
		return awsError(m.code, m.text, what)
	}
	return awsError(m.code, "%s", m.text)
}

// String words an error of the table that is about no name, as a reason in Check.
func (m message) String() string { return m.code + ": " + m.text }

// unknownType is the loud answer to what the table lacks.
func unknownType(token string) error {
	return status.Errorf(codes.Unimplemented,
		"the aws stand-in does not know %s; add a row to offline/standin/awsfake (one file a service)", token)
}
