using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Streaming.Host.Web;

/// <summary>A token that a request must show in its header <c>Authorization: Bearer TOKEN</c>. Kept as a hash; compared in a time that tells nothing of it.</summary>
internal sealed class BearerToken
{
    private const string Scheme = "Bearer ";

    private readonly byte[] _hash;

    /// <param name="token">Not empty.</param>
    public BearerToken(string token)
    {
        ArgumentException.ThrowIfNullOrEmpty(token);
        _hash = SHA256.HashData(Encoding.UTF8.GetBytes(token));
    }

    /// <summary>Of an option that may be unset; null then.</summary>
    public static BearerToken? Of(string? token) => string.IsNullOrEmpty(token) ? null : new BearerToken(token);

    /// <summary>Whether the request shows it.</summary>
    public bool IsShownBy(HttpRequest request)
    {
        string shown = request.Headers.Authorization.Count == 1 ? request.Headers.Authorization.ToString() : string.Empty;
        bool hasScheme = shown.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(hasScheme ? shown[Scheme.Length..].Trim() : string.Empty));
        return CryptographicOperations.FixedTimeEquals(hash, _hash) && hasScheme;
    }
}
