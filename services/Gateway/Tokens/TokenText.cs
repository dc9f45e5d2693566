using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Gateway.Tokens;

/// <summary>A token is <c>orch_</c> and 256 random bits; what is kept of it is a hash.</summary>
internal static class TokenText
{
    public static string New() => $"orch_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}";

    public static string Hash(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
