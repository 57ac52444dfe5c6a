using Streaming.Shared.Postgres;
using Xunit;

namespace Streaming.Sinks.Tests.Postgres;

/// <summary>One server for all tests of the sink, started with the first that needs it.</summary>
public sealed class PostgresFixture : IAsyncDisposable
{
    private PostgresServer? _server;

    internal async Task<PostgresServer> StartAsync() => _server ??= await PostgresServer.StartNewAsync();

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class PostgresTests : ICollectionFixture<PostgresFixture>
{
    public const string Name = "PostgreSQL";
}
