using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Host.Graph;
using Streaming.Host.Views;
using Streaming.Operators.Sketches;
using Streaming.Shared.State;

namespace Streaming.Host.Tests.Views;

/// <summary>A sketch stage of a shard that publishes when a test says so; its events are functions of the shard and their number alone.</summary>
internal sealed class Sketched : IDisposable
{
    /// <summary>The most frequent users: small, and of one user something can be told.</summary>
    public static readonly PlannedStage Top = Stage("space-saving", new SpaceSavingStageOptions { Key = SketchKey.User, Capacity = 8, Report = 3 });

    /// <summary>Six mebibytes of counts: frozen, and copied by another thread.</summary>
    public static readonly PlannedStage Counts = Stage("count-min", new CountMinStageOptions { Key = SketchKey.User, Width = 1 << 19, Depth = 3 });

    private readonly IMergeableOperator _operator;
    private readonly int _shard;
    private long _records;

    public Sketched(ViewBoard board, int shard, PlannedStage stage)
    {
        (_shard, _operator, Names) = (shard, (IMergeableOperator)stage.Type.Create(stage.Options, stage.Binding), new EntityKeyCodec(7));
        Publisher = board.Add(shard, stage, Names, TimeProvider.System);
    }

    public EntityKeyCodec Names { get; }

    public StagePublisher Publisher { get; }

    public IMergeableOperator Operator => _operator;

    /// <summary>Goes on to so many records.</summary>
    public Sketched Feed(long records)
    {
        using BatchPool pool = new(1, 64, 0, 0);
        while (_records < records)
        {
            BatchLease lease = pool.Rent();
            while (!lease.Batch.IsFull && _records < records)
            {
                ref Event e = ref lease.Batch.Add();
                e.User = Names.Encode($"a long user name {_records++ * (_shard + 2) % 13}");
            }

            _operator.Process(lease.Batch);
            lease.Release();
        }

        return this;
    }

    /// <summary>Goes on to so many records, and publishes there.</summary>
    public void Publish(long records) => Feed(records).Publisher.Publish(_operator, records);

    public byte[] Save() => StateBytes.Save(_operator);

    public void Dispose() => (_operator as IDisposable)?.Dispose();

    /// <summary>What the merge of everything that is published is, byte for byte.</summary>
    public static byte[] Merged(ViewBoard board)
    {
        using ViewMerger merger = new(board.Publishers[0].Stage);
        PublishedPart[] parts = [.. board.Publishers.Select(p => p.Publisher.Take()).OfType<PublishedPart>()];
        byte[] state = StateBytes.Save(merger.Merge(parts));
        foreach (PublishedPart part in parts) part.Dispose();
        return state;
    }

    public static string Text(StageView view) =>
        string.Join(' ', view.Parts.Select(p => $"{p.Shard}@{p.Records}")) + " " + string.Join(' ', view.Report?.Entries.Select(e => $"{e.Name}={Text(view, e.Value)}") ?? []);

    private static string Text(StageView view, ReportValue value) => value.Kind switch
    {
        ReportValueKind.Integer => $"{value.Integer}",
        ReportValueKind.Number => $"{value.Number:R}",
        ReportValueKind.Entity => view.Name(value.Entity)!,
        _ => string.Join(',', value.Rows.Select(r => string.Join(':', r.Entries.Select(e => Text(view, e.Value))))),
    };

    private static PlannedStage Stage(string type, object options) =>
        new("sketch", SketchStages.All.Single(s => s.Name == type), options, StageBinding.Free("sketch"), [], [], 0);
}
