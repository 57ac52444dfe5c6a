using System.Text;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Tests.Support;

/// <summary>Decodes single records.</summary>
public sealed class Decoding : IDisposable
{
    private readonly BatchPool _pool = new(1, 8, 0, 0);
    private readonly EntityKeyCodec _keys = new(42);

    /// <summary>Time given to records that have none.</summary>
    public const long DefaultTime = 123_456;

    /// <summary>User, item, value, time and number of features; or the reason and field of the error.</summary>
    public string Decode(IEventFormat format, string record) => Decode(format, Encoding.UTF8.GetBytes(record));

    public string Decode(IEventFormat format, byte[] record)
    {
        BatchLease lease = _pool.Rent();
        try
        {
            EventWriter writer = new(lease.Batch, _keys, DefaultTime);
            if (!format.TryDecode(record, ref writer, out DecodeError error))
            {
                Assert.Equal(0, lease.Batch.Count);
                Assert.Equal(0, lease.Batch.Features.Length);
                Assert.NotEqual(RejectionReason.None, error.Reason);
                return $"{error.Reason.Label()} {error.Field}".TrimEnd();
            }

            Assert.Equal(RejectionReason.None, error.Reason);
            Assert.Equal(1, lease.Batch.Count);
            Event e = lease.Batch.Events[0];
            return $"{_keys.Name(e.User)} {_keys.Name(e.Item)} {e.Value:R} {e.Time}" + (e.Features.IsEmpty ? string.Empty : $" +{e.Features.Length}");
        }
        finally
        {
            lease.Release();
        }
    }

    public Feature[] Features(IEventFormat format, string record)
    {
        BatchLease lease = _pool.Rent();
        try
        {
            EventWriter writer = new(lease.Batch, _keys, DefaultTime);
            Assert.True(format.TryDecode(Encoding.UTF8.GetBytes(record), ref writer, out DecodeError error), error.ToString());
            return lease.Batch.Features[lease.Batch.Events[0].Features].ToArray();
        }
        finally
        {
            lease.Release();
        }
    }

    public void Dispose() => _pool.Dispose();
}
