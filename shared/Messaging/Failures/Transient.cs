using System.Data.Common;
using System.Net.Sockets;
using MassTransit;

namespace Orchestrator.Messaging.Failures;

/// <summary>Which exceptions pass by themselves: those of a network, a database or a disk, and of a message that overtook another; never those of a message itself.</summary>
internal static class Transient
{
    public static bool Is(Exception exception) => exception switch
    {
        DeliveryRejectedException => false,
        DbException { IsTransient: true } => true,
        TimeoutException or SocketException or HttpRequestException or IOException => true,
        TransportException or TooEarlyException => true,
        { InnerException: { } inner } => Is(inner),
        _ => false,
    };
}
