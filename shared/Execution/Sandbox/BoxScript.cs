namespace Orchestrator.Execution.Sandbox;

/// <summary>The few lines of shell that run first in the box and then become the agent, so that exit code and signals are the agent's own.</summary>
internal static class BoxScript
{
    /// <summary>Where the model's socket is in the box.</summary>
    public const string ModelSocket = "/run/llm.sock";

    // socat is started by a subshell that ends, so that it is no child of the agent. 0A is LISTEN, 46A0 is 18080. Bubblewrap and the shell set PWD.
    private const string Text = """
        mkdir /run/box &&
        echo "agent:x:1000:1000:agent:$HOME:/bin/sh" >/run/box/passwd &&
        echo "agent:x:1000:" >/run/box/group &&
        echo "127.0.0.1 localhost" >/run/box/hosts || exit 126
        if [ "$1" = relay ]; then
          (socat TCP-LISTEN:18080,bind=127.0.0.1,fork,reuseaddr UNIX-CONNECT:/run/llm.sock </dev/null >/dev/null 2>&1 &)
          orchestrator_box_tries=0
          until grep -q ': 0100007F:46A0 00000000:0000 0A ' /proc/net/tcp; do
            orchestrator_box_tries=$((orchestrator_box_tries + 1))
            [ "$orchestrator_box_tries" -lt 500 ] || { echo "box: the model relay does not listen" >&2; exit 126; }
            sleep 0.01
          done
        fi
        shift
        unset orchestrator_box_tries PWD OLDPWD
        exec "$@"
        """;

    /// <summary>The command line inside the box.</summary>
    public static IEnumerable<string> For(IEnumerable<string> command, bool relay) =>
        ["/bin/sh", "-c", Text, "box", relay ? "relay" : "plain", .. command];
}
