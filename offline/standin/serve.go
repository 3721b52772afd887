package standin

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"google.golang.org/grpc"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"

	"github.com/megazonecloud/eks-platform/offline/standin/awsfake"
	"github.com/megazonecloud/eks-platform/offline/standin/kubefake"
	"github.com/megazonecloud/eks-platform/offline/standin/world"
)

// enginePoll is how often a stand-in looks whether the engine still lives.
const enginePoll = 30 * time.Second

// ServeAWS is the whole of a pulumi-resource-aws program: it serves the aws
// stand-in over the given world file until the engine cancels it.
func ServeAWS(worldFile string) error {
	return serve(worldFile, func(w *world.World) plugin.Provider { return awsfake.New(w) })
}

// ServeKubernetes is the whole of a pulumi-resource-kubernetes program.
func ServeKubernetes(worldFile string) error {
	return serve(worldFile, func(w *world.World) plugin.Provider { return kubefake.New(w) })
}

// serve speaks the protocol of a resource plugin: a gRPC server on a free
// port, whose number is the first line of standard output.
func serve(worldFile string, provider func(*world.World) plugin.Provider) error {
	w, err := world.Open(worldFile)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if engine, given := engineAddress(os.Args); given {
		if err := rpcutil.Healthcheck(ctx, engine, enginePoll, stop); err != nil {
			return fmt.Errorf("watch the engine at %s: %w", engine, err)
		}
	}
	cancel := make(chan bool)
	go func() { <-ctx.Done(); close(cancel) }()

	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: cancel,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterResourceProviderServer(server, plugin.NewProviderServer(provider(w)))
			return nil
		},
	})
	if err != nil {
		return fmt.Errorf("serve the stand-in: %w", err)
	}
	fmt.Printf("%d\n", handle.Port)
	return <-handle.Done
}

// engineAddress finds the engine's address, which the engine gives to every
// plugin as its last argument. Without one nobody is watched.
func engineAddress(args []string) (string, bool) {
	last := args[len(args)-1]
	_, _, err := net.SplitHostPort(last)
	return last, err == nil
}
