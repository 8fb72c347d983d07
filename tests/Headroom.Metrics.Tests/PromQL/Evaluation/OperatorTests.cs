using Headroom.Metrics.Tests.PromQL.Notation;

namespace Headroom.Metrics.Tests.PromQL.Evaluation;

public sealed class OperatorTests
{
    [Fact]
    public void Scalars_follow_precedence_and_associativity() => Script.Run("""
        at 0 1 + 2 * 3
          7
        at 0 (1 + 2) * 3
          9
        at 0 2 ^ 3 ^ 2
          512
        at 0 -2 ^ 2
          -4
        at 0 2 ^ -1
          0.5
        at 0 -2 * 3
          -6
        at 0 7 - 3 - 2
          2
        at 0 12 / 3 / 2
          2
        at 0 2 * 3 % 4
          2
        at 0 -7 % 4
          -3
        at 0 7 % -4
          3
        at 0 1 / 0
          Inf
        at 0 -1 / 0
          -Inf
        at 0 0 / 0
          NaN
        at 0 1 % 0
          NaN
        at 0 10 atan2 20
          0.4636476090008061
        at 0 1 == bool 1
          1
        at 0 1 > bool 2
          0
        at 0 NaN == bool NaN
          0
        at 0 NaN != bool NaN
          1
        at 0 1 + 2 == bool 3
          1
        at 0 - - 1
          1
        at 0 +5
          5
        at 0 1 <= bool 1 == bool 1
          1
        """);

    [Fact]
    public void Numbers_have_many_forms() => Script.Run("""
        at 0 0x1F
          31
        at 0 0755
          493
        at 0 1e3
          1000
        at 0 1E-2
          0.01
        at 0 .5
          0.5
        at 0 5.
          5
        at 0 1_000_000
          1000000
        at 0 Inf
          Inf
        at 0 -inf
          -Inf
        at 0 nan
          NaN
        at 0 5m
          300
        at 0 1h30m
          5400
        at 0 1d - 1h
          82800
        at 0 -100ms
          -0.1
        at 0 089
          89
        at 0 2y
          63072000
        """);

    [Fact]
    public void Texts_have_three_quotes_and_the_escapes_of_Go() => Script.Run("""
        at 0 "double"
          double
        at 0 'sin"gle'
          sin"gle
        at 0 `raw\n`
          raw\n
        at 0 "\x41\u00e9\101"
          AéA
        """);

    [Fact]
    public void A_vector_and_a_scalar_combine_element_by_element() => Script.Run("""
        load 1m
          m{a="1"} 1
          m{a="2"} 2
          m{a="3"} NaN
        at 0 m * 2
          {a="1"} 2
          {a="2"} 4
          {a="3"} NaN
        at 0 2 - m
          {a="1"} 1
          {a="2"} 0
          {a="3"} NaN
        at 0 m > 1
          m{a="2"} 2
        at 0 1 < m
          m{a="2"} 2
        at 0 m > bool 1
          {a="1"} 0
          {a="2"} 1
          {a="3"} 0
        at 0 1 >= bool m
          {a="1"} 1
          {a="2"} 0
          {a="3"} 0
        at 0 m == m
          m{a="1"} 1
          m{a="2"} 2
        at 0 -m
          {a="1"} -1
          {a="2"} -2
          {a="3"} NaN
        at 0 +m
          m{a="1"} 1
          m{a="2"} 2
          m{a="3"} NaN
        at 0 -m ^ 2
          {a="1"} -1
          {a="2"} -4
          {a="3"} NaN
        at 0 m != 1
          m{a="2"} 2
          m{a="3"} NaN
        at 0 m atan2 1
          {a="1"} 0.7853981633974483
          {a="2"} 1.1071487177940904
          {a="3"} NaN
        """);

    [Fact]
    public void One_to_one_matching_compares_all_labels_or_those_asked_for() => Script.Run("""
        load 1m
          errors{method="get",code="500"} 24
          errors{method="get",code="404"} 30
          errors{method="put",code="501"} 3
          errors{method="post",code="500"} 6
          requests{method="get"} 600
          requests{method="del"} 34
          requests{method="post"} 120
        at 0 errors{code="500"} / ignoring (code) requests
          {method="get"} 0.04
          {method="post"} 0.05
        at 0 errors{code="500"} / on (method) requests
          {method="get"} 0.04
          {method="post"} 0.05
        at 0 errors / requests
        at 0 requests - requests
          {method="get"} 0
          {method="del"} 0
          {method="post"} 0
        at 0 requests > ignoring (code) errors{code="500"}
          requests{method="get"} 600
          requests{method="post"} 120
        at 0 requests > on (method) errors{code="500"}
          {method="get"} 600
          {method="post"} 120
        at 0 requests > bool on (method) errors{code="500"}
          {method="get"} 1
          {method="post"} 1
        at 0 errors < bool ignoring (code) requests{method="put"}
        at 0 errors / ignoring (code) requests
          fail multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)
        at 0 requests / ignoring (code) errors
          fail found duplicate series for the match group {method="get"} on the right hand-side of the operation
        at 0 sum(requests) / on () sum(errors)
          {} 11.968253968253968
        at 0 errors{code="500"} / ignoring (code, nothing) requests
          {method="get"} 0.04
          {method="post"} 0.05
        """);

    [Fact]
    public void Group_modifiers_allow_many_on_one_side() => Script.Run("""
        load 1m
          errors{method="get",code="500"} 24
          errors{method="get",code="404"} 30
          errors{method="post",code="500"} 6
          requests{method="get",owner="a"} 600
          requests{method="post",owner="b"} 120
          requests{method="del",owner="c"} 1
        at 0 errors / ignoring (code, owner) group_left requests
          {method="get",code="500"} 0.04
          {method="get",code="404"} 0.05
          {method="post",code="500"} 0.05
        at 0 errors / on (method) group_left () requests
          {method="get",code="500"} 0.04
          {method="get",code="404"} 0.05
          {method="post",code="500"} 0.05
        at 0 errors * on (method) group_left (owner) requests
          {method="get",code="500",owner="a"} 14400
          {method="get",code="404",owner="a"} 18000
          {method="post",code="500",owner="b"} 720
        at 0 requests / on (method) group_right () errors
          {method="get",code="500"} 25
          {method="get",code="404"} 20
          {method="post",code="500"} 20
        at 0 requests > on (method) group_right (owner) errors
          errors{method="get",code="500",owner="a"} 600
          errors{method="get",code="404",owner="a"} 600
          errors{method="post",code="500",owner="b"} 120
        at 0 errors < on (method) group_left (owner) requests
          errors{method="get",code="500",owner="a"} 24
          errors{method="get",code="404",owner="a"} 30
          errors{method="post",code="500",owner="b"} 6
        at 0 errors * on (method) group_left (code) requests
          fail multiple matches for labels: grouping labels must ensure unique matches
        at 0 requests * on (method) group_left () errors
          fail found duplicate series for the match group {method="get"} on the right hand-side
        at 0 errors * on (method) group_right () requests
          fail on the left hand-side of the operation
        at 0 errors + on (method) group_left (missing) requests
          {method="get",code="500"} 624
          {method="get",code="404"} 630
          {method="post",code="500"} 126
        """);

    [Fact]
    public void Duplicates_only_matter_at_steps_where_both_sides_are_there() => Script.Run("""
        load 1m
          left{a="1"} _ _ 1 1
          right{a="1",b="x"} 1 1 stale 1
          right{a="1",b="y"} 1 1 1 stale
        from 0 to 3m step 1m left * on (a) right
          {a="1"} _ _ 1 1
        """);

    [Fact]
    public void Matches_may_change_partner_over_time() => Script.Run("""
        load 1m
          m{i="1"} 1 2 3 4
          info{i="1",v="a"} 10 10 stale _
          info{i="1",v="b"} _ _ 100 100
        from 0 to 3m step 1m m * on (i) group_left (v) info
          {i="1",v="a"} 10 20 _ _
          {i="1",v="b"} _ _ 300 400
        from 0 to 3m step 1m m * on (i) info
          {i="1"} 10 20 300 400
        """);

    [Fact]
    public void Set_operators_look_at_presence_only() => Script.Run("""
        load 1m
          a{x="1",y="p"} 1
          a{x="2",y="q"} 2
          a{x="3",y="r"} 3
          b{x="1",y="p"} 10
          b{x="2",y="z"} 20
          b{x="4",y="s"} 40
        at 0 a and b
          a{x="1",y="p"} 1
        at 0 a and on (x) b
          a{x="1",y="p"} 1
          a{x="2",y="q"} 2
        at 0 a and ignoring (y) b
          a{x="1",y="p"} 1
          a{x="2",y="q"} 2
        at 0 a unless b
          a{x="2",y="q"} 2
          a{x="3",y="r"} 3
        at 0 a unless on (x) b
          a{x="3",y="r"} 3
        at 0 a or b
          a{x="1",y="p"} 1
          a{x="2",y="q"} 2
          a{x="3",y="r"} 3
          b{x="2",y="z"} 20
          b{x="4",y="s"} 40
        at 0 a or on (x) b
          a{x="1",y="p"} 1
          a{x="2",y="q"} 2
          a{x="3",y="r"} 3
          b{x="4",y="s"} 40
        at 0 a and on () b
          a{x="1",y="p"} 1
          a{x="2",y="q"} 2
          a{x="3",y="r"} 3
        at 0 a unless on () b
        at 0 a and on () vector(1)
          a{x="1",y="p"} 1
          a{x="2",y="q"} 2
          a{x="3",y="r"} 3
        at 0 a or on () b
          a{x="1",y="p"} 1
          a{x="2",y="q"} 2
          a{x="3",y="r"} 3
        at 0 missing or vector(0)
          {} 0
        at 0 a and missing
        at 0 a unless missing
          a{x="1",y="p"} 1
          a{x="2",y="q"} 2
          a{x="3",y="r"} 3
        at 0 (a > 1) or (a < 2)
          a{x="1",y="p"} 1
          a{x="2",y="q"} 2
          a{x="3",y="r"} 3
        at 0 a{x="1"} or a{x="2"} and a{x="3"}
          a{x="1",y="p"} 1
        """);

    [Fact]
    public void Set_operators_decide_step_by_step() => Script.Run("""
        load 1m
          a 1 2 stale 4
          b 10 stale 30 40
        from 0 to 3m step 1m a and b
          a 1 _ _ 4
        from 0 to 3m step 1m a unless b
          a _ 2 _ _
        from 0 to 3m step 1m a or b
          a 1 2 _ 4
          b _ _ 30 _
        """);

    [Fact]
    public void Fill_modifiers_stand_in_for_missing_elements() => Script.Run("""
        load 1m
          errors{method="get",code="500"} 24
          errors{method="put",code="500"} 3
          errors{method="post",code="500"} 6
          requests{method="get"} 600
          requests{method="del"} 34
          requests{method="post"} 120
        at 0 errors / ignoring (code) fill (0) requests
          {method="get"} 0.04
          {method="put"} Inf
          {method="del"} 0
          {method="post"} 0.05
        at 0 errors / ignoring (code) fill_right (1) requests
          {method="get"} 0.04
          {method="put"} 3
          {method="post"} 0.05
        at 0 errors + on (method) fill_left (1) fill_right (2) requests
          {method="get"} 624
          {method="put"} 5
          {method="del"} 35
          {method="post"} 126
        at 0 errors + on (method) group_left () fill (0) requests
          {method="get",code="500"} 624
          {method="put",code="500"} 3
          {method="post",code="500"} 126
          {method="del"} 34
        at 0 requests > bool on (method) fill (-1) errors
          {method="get"} 1
          {method="del"} 1
          {method="post"} 1
          {method="put"} 0
        at 0 requests + fill (1) missing
          {method="get"} 601
          {method="del"} 35
          {method="post"} 121
        """);

    [Fact]
    public void The_name_goes_where_the_value_is_a_new_quantity() => Script.Run("""
        load 1m
          m{a="1"} 4
          n{a="1"} 4
        at 0 m + 0
          {a="1"} 4
        at 0 m > 0
          m{a="1"} 4
        at 0 m == n
          m{a="1"} 4
        at 0 m == on (a) n
          {a="1"} 4
        at 0 m == on (a, __name__) n
        at 0 m and n
          m{a="1"} 4
        at 0 m atan2 n
          {a="1"} 0.7853981633974483
        at 0 abs({__name__=~"m|n"})
          fail vector cannot contain metrics with the same labelset
        at 0 -{__name__=~"m|n"}
          fail vector cannot contain metrics with the same labelset
        at 0 {__name__=~"m|n"} * 1
          fail vector cannot contain metrics with the same labelset
        at 0 sum_over_time({__name__=~"m|n"}[1m])
          fail vector cannot contain metrics with the same labelset
        at 0 last_over_time({__name__=~"m|n"}[1m])
          m{a="1"} 4
          n{a="1"} 4
        at 0 sum({__name__=~"m|n"})
          {} 8
        at 0 sum by (__name__) ({__name__=~"m|n"})
          m 4
          n 4
        at 0 {__name__=~"m|n"} > bool 0
          fail vector cannot contain metrics with the same labelset
        """);

    [Fact]
    public void Series_that_meet_in_one_label_set_at_different_times_are_joined() => Script.Run("""
        load 6m
          one{env="p"} 0 1 _ _ 4
          two{env="p"} _ _ 2 3 _
        from 0 to 24m step 6m max_over_time({__name__=~"one|two"}[5m])
          {env="p"} 0 1 2 3 4
        from 0 to 24m step 6m ceil({__name__=~"one|two"})
          {env="p"} 0 1 2 3 4
        """);
}
