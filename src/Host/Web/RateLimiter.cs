using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Streaming.Host.Web;

/// <summary>
/// A token bucket for each remote address: refilled at a steady rate, and holding the tokens of one second. Of 4,096 addresses the one that was heard of least recently gives
/// its bucket up for a new one.
/// </summary>
/// <remarks>Constant time. Safe from any thread. An IPv6 address stands for its /64, which is what one customer is given.</remarks>
/// <param name="perSecond">Requests a second, positive.</param>
/// <param name="time">Refills the buckets.</param>
internal sealed class RateLimiter(double perSecond, TimeProvider time)
{
    /// <summary>Addresses that have a bucket.</summary>
    public const int Capacity = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, LinkedListNode<Bucket>> _buckets = [];
    private readonly LinkedList<Bucket> _byUse = new(); // least recent first

    /// <summary>Addresses that have a bucket now.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _buckets.Count;
        }
    }

    private double Burst => Math.Max(1, perSecond);

    /// <summary>Takes a token for a request; false if there is none, and then after how many seconds there is.</summary>
    public bool TryTake(IPAddress? address, out int retryAfterSeconds)
    {
        UInt128 key = KeyOf(address);
        long now = time.GetTimestamp();
        lock (_gate)
        {
            Bucket bucket = Touch(key, now);
            bucket.Tokens = Math.Min(Burst, bucket.Tokens + (perSecond * time.GetElapsedTime(bucket.Refilled, now).TotalSeconds));
            bucket.Refilled = now;
            retryAfterSeconds = bucket.Tokens >= 1 ? 0 : (int)Math.Ceiling((1 - bucket.Tokens) / perSecond);
            if (bucket.Tokens < 1) return false;
            bucket.Tokens--;
            return true;
        }
    }

    private static UInt128 KeyOf(IPAddress? address)
    {
        if (address is null) return 0;
        Span<byte> bytes = stackalloc byte[16];
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        bytes.Clear();
        address.TryWriteBytes(bytes, out _);
        if (address.AddressFamily == AddressFamily.InterNetworkV6) bytes[8..].Clear();
        else bytes[15] = 1; // no /64 looks like it
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private Bucket Touch(UInt128 key, long now)
    {
        if (_buckets.TryGetValue(key, out LinkedListNode<Bucket>? node))
        {
            _byUse.Remove(node);
        }
        else
        {
            if (_buckets.Count == Capacity)
            {
                _buckets.Remove(_byUse.First!.Value.Key);
                _byUse.RemoveFirst();
            }

            _buckets[key] = node = new LinkedListNode<Bucket>(new Bucket(key) { Tokens = Burst, Refilled = now });
        }

        _byUse.AddLast(node);
        return node.Value;
    }

    private sealed class Bucket(UInt128 key)
    {
        public UInt128 Key => key;

        public double Tokens { get; set; }

        public long Refilled { get; set; }
    }
}
