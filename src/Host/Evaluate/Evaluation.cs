using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Sources;
using Streaming.Abstractions.Stages;
using Streaming.Host.Configuration;
using Streaming.Host.Graph;
using Streaming.Ingest;
using Streaming.Operators.Models;
using Streaming.Operators.Numerics;

namespace Streaming.Host.Evaluate;

/// <summary>
/// Trains every model of a pipeline on a part of its log, by the same stages and in the order of the stream, and then tests it on the rest, of which it learns nothing.
/// </summary>
/// <param name="configuration">The pipeline; what is no model of it is left out.</param>
/// <param name="arguments">How the log is split, and what is measured.</param>
/// <param name="time">Measures how long a user is folded in; reaches no other result.</param>
internal sealed class Evaluation(PipelineConfiguration configuration, EvaluateArguments arguments, TimeProvider time)
{
    // So that models keep histories, and make next to no lists in the training.
    private static readonly TopDemand Lists = new(1, TopDemand.MaxSample);

    private readonly EntityKeyCodec _names = configuration.Privacy.Codec(configuration.Source.Seed);

    /// <summary>Runs it. Reads the log once for the split and once for each pass.</summary>
    /// <exception cref="ConfigurationException">There is no model, or nothing to train or to test on.</exception>
    public async Task<EvaluationResult> RunAsync(CancellationToken ct)
    {
        PlannedStage[] stages = [.. configuration.Plan.Stages.Where(s => s.Type.Kind == StageKind.Model)];
        if (stages.Length == 0) throw new ConfigurationException("Stages", "has no model: there is nothing to evaluate");
        if (stages.FirstOrDefault(s => s.Reads.Length > 0) is { } reader)
            throw new ConfigurationException($"Stages:{reader.Id}", "reads what other stages say of an event, which a model cannot be asked for without them: it cannot be evaluated on held-out events");
        InteractionLog log = new();
        await ForEachBatchAsync(configuration.Source.Paths, log.Add, ct);
        int own = log.Events.Count;
        HeldOut split = HeldOut.Split(log, arguments);
        if (arguments.TestFile is { } file) await GiveAsync(split, file, ct);
        if (split.Tested.Count == 0) throw new ConfigurationException("--test", $"holds no event out of {own:N0}: there is nothing to test on");
        ModelTest test = new ModelTest(split, arguments, arguments.Negatives > 0 || arguments.NegativesFile is not null ? new Negatives(arguments, split, _names) : null).Prepare();
        long trained = log.Events.Take(own).Count(e => split.Trained[(int)e.Number]);
        if (trained == 0) throw new ConfigurationException("--test", $"holds all {own:N0} events out: there is nothing to train on");
        IOperator[] operators = new IOperator[stages.Length];
        try
        {
            for (int i = 0; i < stages.Length; i++) operators[i] = stages[i].Type.Create(stages[i].Options, BindingOf(stages[i]));
            for (int epoch = 0; epoch < arguments.Epochs; epoch++) await ForEachBatchAsync(configuration.Source.Paths, batch => Train(operators, batch, split), ct);
            return new EvaluationResult(
                arguments.StrongGeneralization ? "strong-generalization" : StrictBinder.Kebab(arguments.Split.ToString()),
                arguments.Seed,
                trained,
                split.FoldedIn.Sum(u => u.Count),
                split.Tested.Count,
                test.Users,
                [.. stages.Select((stage, i) => Test(stage, operators[i], split, test))]);
        }
        finally
        {
            foreach (IOperator? stage in operators) (stage as IDisposable)?.Dispose();
        }
    }

    private static StageBinding BindingOf(PlannedStage stage) =>
        new(stage.Id, stage.Binding.Seed, stage.Binding.Range, new Dictionary<string, int>(), stage.Type.Columns.Any(c => c.Name == TopDemand.Family + "@") ? new Dictionary<string, int> { [Lists.Column] = 0 } : [])
        {
            Items = stage.Binding.Items,
        };

    // What is held out passes as an event that nobody learns from.
    private static void Train(IOperator[] operators, EventBatch batch, HeldOut split)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            long number = batch.FirstOrdinal + i;
            if (number < split.Trained.Length && !split.Trained[(int)number]) batch.Events[i].Kind = EventKind.Query;
        }

        foreach (IOperator stage in operators) stage.Process(batch);
    }

    private ModelResult Test(PlannedStage stage, IOperator built, HeldOut split, ModelTest test)
    {
        IRatingModel model = ((IModelOperator)built).Model;
        bool isRating = built is RatingModelOperator;
        List<(string Name, double Value)> values = [];
        if (arguments.StrongGeneralization) values.AddRange(FoldIn(model, isRating, split));
        values.AddRange(test.Run(model, isRating, configuration.Plan.Range));
        return new ModelResult(stage.Id, stage.Type.Name, values);
    }

    private IEnumerable<(string Name, double Value)> FoldIn(IRatingModel model, bool isRating, HeldOut split)
    {
        List<double> milliseconds = [];
        foreach (List<int> user in split.FoldedIn)
        {
            long begun = time.GetTimestamp();
            foreach (int i in user)
            {
                Interaction e = split.Log.Events[i];
                if (!isRating || !double.IsNaN(e.Value)) model.Learn(split.Log.ExampleOf(e));
            }

            milliseconds.Add(time.GetElapsedTime(begun).TotalMilliseconds);
        }

        milliseconds.Sort();
        yield return ("folded_users", milliseconds.Count);
        yield return ("fold_in_ms_p50", Quantile(0.5));
        yield return ("fold_in_ms_p99", Quantile(0.99));
        yield return ("fold_in_ms_max", Quantile(1));

        double Quantile(double share) => milliseconds.Count == 0 ? double.NaN : milliseconds[Math.Max(0, (int)Math.Ceiling(share * milliseconds.Count) - 1)];
    }

    // The second file's events get numbers after those of the log, and are never trained.
    private async Task GiveAsync(HeldOut split, string file, CancellationToken ct)
    {
        int own = split.Log.Events.Count;
        long next = split.Trained.Length;
        await ForEachBatchAsync([file], batch =>
        {
            batch.FirstOrdinal += next;
            split.Log.Add(batch);
        }, ct);
        if (split.Log.Events.Count > own) split.Trained.Length = (int)split.Log.Events[^1].Number + 1;
        for (int i = own; i < split.Log.Events.Count; i++) split.Tested.Add(i);
    }

    private async Task ForEachBatchAsync(List<string> paths, Action<EventBatch> act, CancellationToken ct)
    {
        SourceOptions source = configuration.Source;
        List<string> before = source.Paths;
        source.Paths = paths;
        try
        {
            using BatchPool pool = new(2, source.BatchSize, 0, 0, 1);
            await using IEventSource events = SourceFactory.Create(source, _names);
            await foreach (BatchLease lease in events.ReadAsync(new SourcePosition(), new SourceContext(pool, source.BatchSize, 0, source.Limit ?? long.MaxValue), ct))
            {
                act(lease.Batch);
                lease.Release();
            }
        }
        finally
        {
            source.Paths = before;
        }
    }
}
