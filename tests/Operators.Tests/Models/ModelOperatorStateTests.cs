using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Operators.Models;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Models;

public sealed class ModelOperatorStateTests
{
    [Fact]
    public void A_model_is_told_the_version_its_state_was_written_in()
    {
        foreach (Func<Versioned, IStateful> around in (Func<Versioned, IStateful>[])[
            model => new RatingModelOperator(StageBinding.Free(), model), model => new RankerOperator(StageBinding.Free(), model)])
        {
            Versioned model = new();
            IStateful stage = around(model);
            Assert.Equal(3, stage.StateVersion);
            StateReader reader = new(new System.Buffers.ReadOnlySequence<byte>(StateBytes.Save(stage)));
            stage.Restore(ref reader, 2);
            Assert.Equal(2, model.Restored);
        }
    }

    private sealed class Versioned : IImplicitModel
    {
        public int Restored { get; private set; }

        public string StateTag => "versioned";

        public int StateVersion => 3;

        public StateScope Scope => StateScope.Shard;

        public double Score(in Example example) => 0;

        public void Learn(in Example example)
        {
        }

        public double ScoreThenLearn(in Example example, out double loss) => loss = 0;

        public int Rank(in Example example, int depth) => Ranks.Cold;

        public int TopK(in Example query, Span<ScoredItem> items) => 0;

        public void Freeze(long epoch)
        {
        }

        public void Save(ref StateWriter writer) => writer.Write(1);

        public void Restore(ref StateReader reader, int version)
        {
            reader.Read<int>();
            Restored = version;
        }
    }
}
