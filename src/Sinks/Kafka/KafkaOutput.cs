using System.Buffers;
using Confluent.Kafka;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Kafka;

namespace Streaming.Sinks.Kafka;

/// <summary>
/// A producer for one topic, as a sink needs it: idempotent, with a bounded queue that is waited for, and failures that surface.
/// </summary>
/// <remarks>
/// <para>Order of calls: <see cref="BeginAsync"/> for each batch, then for each message its <see cref="Key"/>, <see cref="Value"/> and headers, and
/// <see cref="SendAsync"/>, which empties the two. One caller at a time.</para>
/// <para>Failures. The client tries again by itself what can be tried again. A message that it gives up, and an error that it calls fatal, fail the next call with an
/// <see cref="IOException"/>, and every call after it; errors that may pass are said once each.</para>
/// <para>Transactions. One begins with the first message after a flush and is committed by the next, at the barrier, before the snapshot is valid. A run that dies before the
/// commit leaves messages that the brokers abort, at the latest when its successor starts; one that dies between the commit and the end of the snapshot leaves messages that its
/// successor sends again. The brokers end a transaction that stays open for longer than <c>transaction.timeout.ms</c>, 15 minutes unless set: snapshots must come more often.</para>
/// <para>Nothing is kept over a restart: what was not flushed comes again from the source.</para>
/// </remarks>
internal sealed class KafkaOutput : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(5);

    private readonly KafkaSinkOptions _options;
    private readonly SinkBinding _binding;
    private readonly TimeProvider _time;
    private readonly KafkaSecrets _secrets;
    private readonly Message<byte[]?, byte[]> _message;
    private readonly ExactBuffers _keys = new();
    private readonly ExactBuffers _values = new();
    private readonly ArrayBufferWriter<byte> _key = new();
    private readonly ArrayBufferWriter<byte> _value = new();
    private readonly Action<DeliveryReport<byte[]?, byte[]>> _settle;
    private readonly HashSet<ErrorCode> _said = [];
    private IProducer<byte[]?, byte[]>? _producer;
    private TransactionOffsets? _offsets;
    private bool _started;
    private bool _open;
    private long _sent;
    private long _settled;
    private long _failed;
    private volatile string? _failure;
    private volatile Error? _trouble;

    /// <summary>An output that is not connected yet.</summary>
    /// <param name="options">Topic, transactions and patience.</param>
    /// <param name="binding">Settings of the client, names, and where notices go.</param>
    /// <param name="headers">Headers of every message; filled by the sink before each.</param>
    /// <param name="time">Measures how long brokers are waited for.</param>
    public KafkaOutput(KafkaSinkOptions options, SinkBinding binding, PlaceHeaders headers, TimeProvider time)
    {
        (_options, _binding, _time, _secrets) = (options, binding, time, new KafkaSecrets(binding.Kafka));
        _message = new Message<byte[]?, byte[]> { Headers = headers.All };
        _settle = Settle;
    }

    /// <summary>Where the key of the next message is written; a message without one goes to any partition.</summary>
    public IBufferWriter<byte> Key => _key;

    /// <summary>Where the value of the next message is written.</summary>
    public IBufferWriter<byte> Value => _value;

    /// <summary>What became of the messages so far. From any thread.</summary>
    public DeliveryCounts Deliveries
    {
        get
        {
            long failed = Volatile.Read(ref _failed), settled = Volatile.Read(ref _settled), sent = Volatile.Read(ref _sent); // what was read first is never the more
            return new DeliveryCounts(sent - settled, settled - failed, failed);
        }
    }

    private TimeSpan Patience => TimeSpan.FromSeconds(_options.FlushSeconds);

    /// <summary>Before the messages of a batch: connects where that has not been done, and fails if a message before could not be delivered.</summary>
    public ValueTask BeginAsync(EventBatch batch, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        Check();
        if (!_started) return new ValueTask(StartAsync(batch, ct));
        _offsets?.Note(batch);
        return ValueTask.CompletedTask;
    }

    /// <summary>Sends the message; waits while the queue is full. Allocates what the client needs to confirm it, about 200 bytes.</summary>
    /// <exception cref="IOException">The queue stayed full for too long, or the message cannot be sent.</exception>
    public ValueTask SendAsync(CancellationToken ct)
    {
        _message.Key = _key.WrittenCount == 0 ? null : _keys.Copy(_key.WrittenSpan);
        _message.Value = _values.Copy(_value.WrittenSpan);
        _key.ResetWrittenCount();
        _value.ResetWrittenCount();
        return TryProduce() ? ValueTask.CompletedTask : new ValueTask(WaitAndProduceAsync(ct));
    }

    /// <summary>Returns when every message has been confirmed by the brokers; with transactions, when they are committed.</summary>
    /// <exception cref="IOException">A message could not be delivered, or it took too long.</exception>
    public async Task FlushAsync(CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        Check();
        if (!_started) return;
        Deadline deadline = new(_time, Patience);
        if (_open) await Task.Run(() => Commit(deadline, ct), CancellationToken.None);
        else if (Volatile.Read(ref _settled) < _sent) await Task.Run(() => Drain(deadline, ct), CancellationToken.None);
        Check();
        _trouble = null;
        _said.Clear();
    }

    /// <summary>
    /// Closes the producer. What was sent without a transaction gets up to 5 s to arrive, unless a delivery failed; an open transaction is aborted.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (_producer is not { } producer) return;
        _producer = null;
        await Task.Run(() => Close(producer));
    }

    private void Close(IProducer<byte[]?, byte[]> producer)
    {
        try
        {
            if (_open) producer.AbortTransaction(LongestGoodbye);
            else if (_failure is null) producer.Flush(Patience < LongestGoodbye ? Patience : LongestGoodbye);
        }
        catch (KafkaException e)
        {
            // The brokers abort it when they have waited for long enough, or when this sink starts again.
            _binding.Say($"{_binding.Id}: the open transaction could not be aborted: {Text(e.Error)}");
        }

        producer.Dispose();
    }

    private async Task StartAsync(EventBatch batch, CancellationToken ct)
    {
        string? transactions = _options.Transactional ? TransactionOffsets.TransactionalId(_binding) : null;
        _producer ??= Build(transactions);
        if (transactions is not null) await StartTransactionsAsync(batch, ct);
        _started = true;
    }

    private async Task StartTransactionsAsync(EventBatch batch, CancellationToken ct)
    {
        _offsets = TransactionOffsets.For(_binding);
        _offsets?.Note(batch);
        Deadline deadline = new(_time, Patience);
        await Task.Run(() => Retry(deadline, "transactions could not be begun", left => _producer!.InitTransactions(left), ct), CancellationToken.None);
    }

    private IProducer<byte[]?, byte[]> Build(string? transactionalId)
    {
        string mistake;
        try
        {
            return new ProducerBuilder<byte[]?, byte[]>(KafkaProducerSettings.Build(_binding.Kafka, transactionalId))
                .SetErrorHandler((_, error) => Notice(error))
                .SetLogHandler((_, _) => { }) // what matters comes as an error too
                .Build();
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or KafkaException)
        {
            mistake = _secrets.Redact(e.Message);
        }

        // Without its cause, which quotes settings.
        throw Failure($"the Kafka client does not take its settings (Kafka, Kafka:Producer): {mistake}");
    }

    private bool TryProduce()
    {
        try
        {
            if (_options.Transactional && !_open)
            {
                _producer!.BeginTransaction();
                _open = true;
            }

            _producer!.Produce(_options.Topic, _message, _settle);
            Volatile.Write(ref _sent, _sent + 1);
            return true;
        }
        catch (KafkaException e)
        {
            if (e.Error.Code == ErrorCode.Local_QueueFull) return false;
            throw Failure($"a message could not be sent to {_options.Topic}: {Text(e.Error)}", e);
        }
    }

    private async Task WaitAndProduceAsync(CancellationToken ct)
    {
        Deadline deadline = new(_time, Patience);
        do
        {
            await Task.Delay(Pause, _time, ct);
            Check();
            if (deadline.IsOver) throw Failure($"the queue for {_options.Topic} stayed full for {_options.FlushSeconds} s (FlushSeconds); {Waiting()}");
        }
        while (!TryProduce());
    }

    private void Drain(Deadline deadline, CancellationToken ct)
    {
        while (Volatile.Read(ref _settled) < _sent)
        {
            ct.ThrowIfCancellationRequested();
            Check();
            if (deadline.IsOver) throw Failure($"after {_options.FlushSeconds} s (FlushSeconds) not every message has been confirmed by {_options.Topic}: {Waiting()}");
            _producer!.Flush(TimeSpan.FromMilliseconds(100));
        }
    }

    private void Commit(Deadline deadline, CancellationToken ct)
    {
        // First the messages alone: a commit that waits for them cannot be cancelled.
        Drain(deadline, ct);
        Check();
        _offsets?.SendTo(offsets => Retry(deadline, "the source's offsets could not be added to the transaction", left => offsets(_producer!, left), ct));
        Retry(deadline, "the transaction could not be committed", left => _producer!.CommitTransaction(left), ct);
        _open = false;
    }

    /// <summary>Does something that the client says may be done again, until it succeeds or the time is over.</summary>
    private void Retry(Deadline deadline, string failure, Action<TimeSpan> act, CancellationToken ct)
    {
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                act(deadline.Left);
                return;
            }
            catch (KafkaRetriableException e) when (!deadline.IsOver)
            {
                _trouble = e.Error;
                ct.WaitHandle.WaitOne(Pause);
            }
            catch (KafkaException e)
            {
                throw Failure($"{failure}: {Text(e.Error)}", e);
            }
        }
    }

    /// <summary>Called by the client, on its own thread, when a message is confirmed or given up.</summary>
    private void Settle(DeliveryReport<byte[]?, byte[]> report)
    {
        Interlocked.Increment(ref _settled);
        if (!report.Error.IsError) return;
        Interlocked.Increment(ref _failed);
        _failure ??= $"a message could not be delivered to {_options.Topic}: {Text(report.Error)}";
    }

    private void Notice(Error error)
    {
        _trouble = error;
        if (error.IsFatal) _failure ??= $"the producer of {_options.Topic} cannot go on: {Text(error)}";
    }

    /// <summary>Throws what has failed, and says what troubles the client: each code once between two flushes.</summary>
    private void Check()
    {
        if (_failure is { } failure) throw Failure(failure);
        if (_trouble is { } trouble && _said.Add(trouble.Code)) _binding.Say($"{_binding.Id}: {Text(trouble)}");
    }

    private IOException Failure(string text, Exception? cause = null)
    {
        _failure ??= text;
        return new IOException($"{_binding.Id}: {text}", cause);
    }

    private string Waiting() => $"{_sent - Volatile.Read(ref _settled)} wait{(_trouble is { } trouble ? $", {Text(trouble)}" : "")}";

    private string Text(Error error) => _secrets.Redact($"{error.Code} ({error.Reason})");
}
