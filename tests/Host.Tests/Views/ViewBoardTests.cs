using Streaming.Abstractions.Stages;
using Streaming.Host.Graph;
using Streaming.Host.Views;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Host.Tests.Views;

public class ViewBoardTests
{
    public static TheoryData<bool> Stages => [false, true];

    [Theory]
    [MemberData(nameof(Stages))]
    public void A_view_depends_on_how_far_each_shard_has_come_and_on_nothing_else(bool large)
    {
        ViewBoard one = new(), other = new();
        PlannedStage stage = large ? Sketched.Counts : Sketched.Top;
        using Sketched a0 = new(one, 0, stage), a1 = new(one, 1, stage), a2 = new(one, 2, stage);
        a0.Publish(100);
        a0.Publish(200);
        one.Refresh();
        a2.Publish(100);
        a1.Publish(300);
        a1.Feed(350);
        using Sketched b2 = new(other, 2, stage), b1 = new(other, 1, stage), b0 = new(other, 0, stage);
        b1.Publish(300);
        other.Refresh();
        b2.Publish(100);
        b2.Feed(199);
        b0.Publish(200);
        Wait(a0, a1, a2, b0, b1, b2);
        Assert.Equal(Sketched.Merged(one), Sketched.Merged(other));
        string said = Sketched.Text(Assert.Single(one.Refresh()));
        Assert.Equal(said, Sketched.Text(Assert.Single(other.Refresh())));
        Assert.StartsWith("0@200 1@300 2@100 total=600", said, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Stages))]
    public void A_view_is_the_merge_of_the_states_in_the_order_of_shards(bool large)
    {
        ViewBoard board = new();
        PlannedStage stage = large ? Sketched.Counts : Sketched.Top;
        using Sketched s1 = new(board, 1, stage), s0 = new(board, 0, stage), s2 = new(board, 2, stage);
        s1.Publish(300);
        s2.Publish(100);
        s0.Publish(200);
        Wait(s0, s1, s2);
        IMergeableOperator expected = (IMergeableOperator)stage.Type.Create(stage.Options, stage.Binding);
        StateBytes.Restore(expected, s0.Save());
        expected.Merge(s1.Operator);
        expected.Merge(s2.Operator);
        Assert.Equal(StateBytes.Save(expected), Sketched.Merged(board));
        (expected as IDisposable)?.Dispose();
    }

    [Fact]
    public void A_shard_is_in_the_view_from_its_first_publication_until_it_goes_and_again_when_it_has_come_back()
    {
        ViewBoard board = new();
        using Sketched s0 = new(board, 0, Sketched.Top), s1 = new(board, 1, Sketched.Top);
        Assert.Equal((0, (object?)null), (board.Refresh()[0].Parts.Length, board.Latest[0].Report));
        s0.Publish(100);
        s1.Publish(100);
        Assert.StartsWith("0@100 1@100 total=200", Sketched.Text(board.Refresh()[0]), StringComparison.Ordinal);
        board.Remove(1);
        Assert.StartsWith("0@100 total=100", Sketched.Text(board.Refresh()[0]), StringComparison.Ordinal);
        using Sketched back = new(board, 1, Sketched.Top);
        back.Feed(150);
        Assert.StartsWith("0@100 total=100", Sketched.Text(board.Refresh()[0]), StringComparison.Ordinal);
        back.Publish(200);
        Assert.StartsWith("0@100 1@200 total=300", Sketched.Text(board.Refresh()[0]), StringComparison.Ordinal);
        board.Remove(0);
        board.Remove(1);
        Assert.Empty(board.Refresh());
        Assert.Empty(board.Publishers);
    }

    [Fact]
    public void A_view_is_made_anew_only_where_something_was_published()
    {
        ViewBoard board = new();
        using Sketched s0 = new(board, 0, Sketched.Top), s1 = new(board, 1, Sketched.Top);
        s0.Publish(100);
        StageView view = board.Refresh()[0];
        s1.Feed(50);
        Assert.Same(view, board.Refresh()[0]);
        s1.Publish(100);
        Assert.NotSame(view, board.Refresh()[0]);
    }

    [Fact]
    public void Users_who_are_forgotten_after_a_state_was_published_are_in_no_view()
    {
        ViewBoard board = new();
        using Sketched s0 = new(board, 0, Sketched.Top), s1 = new(board, 1, Sketched.Top);
        s0.Publish(100);
        s1.Publish(100);
        Assert.Contains("a long user name 5:", Sketched.Text(board.Refresh()[0]), StringComparison.Ordinal);
        ulong user = s0.Names.Encode("a long user name 5");
        foreach (Sketched shard in (Sketched[])[s0, s1])
        {
            ((IForgetful)shard.Operator).Forget(user);
            shard.Publisher.Forget(user);
        }

        Assert.DoesNotContain("a long user name 5:", Sketched.Text(board.Refresh()[0]), StringComparison.Ordinal);
        IMergeableOperator expected = s0.Operator;
        expected.Merge(s1.Operator);
        Assert.Equal(StateBytes.Save(expected), Sketched.Merged(board));
    }

    [Fact]
    public void A_name_is_told_by_the_shard_that_knows_it()
    {
        ViewBoard board = new();
        using Sketched s0 = new(board, 0, Sketched.Top), s1 = new(board, 1, Sketched.Top);
        s0.Publish(1); // knows one user
        s1.Publish(100);
        StageView view = board.Refresh()[0];
        ulong user = s1.Names.Encode("a long user name 5");
        Assert.StartsWith("#", s0.Names.Name(user), StringComparison.Ordinal);
        Assert.Equal("a long user name 5", view.Name(user));
        ulong unknown = new Abstractions.Keys.EntityKeyCodec(7).Encode("a long user name that never came");
        Assert.StartsWith("#", view.Name(unknown), StringComparison.Ordinal);
    }

    private static void Wait(params Sketched[] shards)
    {
        foreach (Sketched shard in shards) shard.Publisher.WaitForCopy();
    }
}
