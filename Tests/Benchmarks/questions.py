"""What the engines are asked: the flags of Muster, the statements of the peers, and the rows that all of them give.

Rows are lists of texts. `rows` makes those of the peers' statements from Muster's, each a dictionary by column.
"""

import dataclasses
import typing


@dataclasses.dataclass
class Question:
    name: str
    flags: list
    sql: str
    # How many times as fast as the best peer the engine should be.
    goal: float
    rows: typing.Callable
    # Where ClickHouse needs another statement.
    clickhouse: str | None = None
    # Whole process, start-up included.
    wall_goal_ms: int | None = None


FUNNEL = """
    WITH v AS (SELECT user_id, min(ts) t FROM e WHERE event = 'post_view' GROUP BY 1),
    c AS (SELECT e.user_id, v.t t0, min(e.ts) t FROM e JOIN v ON e.user_id = v.user_id AND e.ts > v.t
          AND e.ts < v.t + INTERVAL 7 DAY WHERE e.event = 'comment' GROUP BY 1, 2),
    s AS (SELECT e.user_id, min(e.ts) t FROM e JOIN c ON e.user_id = c.user_id AND e.ts > c.t
          AND e.ts < c.t0 + INTERVAL 7 DAY WHERE e.event = 'share' GROUP BY 1)
    SELECT (SELECT count(*) FROM v) a, (SELECT count(*) FROM c) b, (SELECT count(*) FROM s) c"""

PUSH = """
    WITH s AS (SELECT user_id, push_id, arm, min(ts) t FROM e WHERE event = 'push_sent' GROUP BY 1, 2, 3),
    o AS (SELECT user_id, push_id, min(ts) t FROM e WHERE event = 'push_open' GROUP BY 1, 2)
    SELECT s.arm, count(*) sent, count(o.t) opened FROM s LEFT JOIN o ON s.user_id = o.user_id
    AND s.push_id = o.push_id AND o.t >= s.t AND o.t < s.t + INTERVAL 24 HOUR GROUP BY 1 ORDER BY 1"""

RETENTION = """
    WITH a AS (SELECT DISTINCT user_id, day FROM e), f AS (SELECT user_id, min(day) c FROM a GROUP BY user_id)
    SELECT f.c, date_diff('day', f.c, a.day) k, count(*) n FROM a JOIN f USING (user_id)
    WHERE date_diff('day', f.c, a.day) <= 30 GROUP BY 1, 2 ORDER BY 1, 2"""

TRAILING = """
    WITH a AS (SELECT DISTINCT user_id, day FROM e), d AS (SELECT DISTINCT day FROM a)
    SELECT d.day, count(DISTINCT a.user_id) n
    FROM d JOIN a ON a.day <= d.day AND a.day > d.day - INTERVAL 28 DAY GROUP BY d.day ORDER BY d.day"""

TRAILING_CLICKHOUSE = """
    WITH a AS (SELECT DISTINCT user_id, day FROM e)
    SELECT d, uniqExact(user_id) n
    FROM (SELECT user_id, arrayJoin(arrayMap(i -> day + i, range(28))) AS d FROM a)
    WHERE d IN (SELECT DISTINCT day FROM e) GROUP BY d ORDER BY d"""


def active(rows):
    return [[row["period"], row["active_members"]] for row in rows]


def triangle(rows):
    return [[row["cohort"], row["period"], row["returned"]] for row in rows if row["cohort"] and row["returned"]]


def questions(last_day):
    """All of them. `last_day` is one on which every push has matured."""
    return [
        Question(
            "daily active members", ["activity"],
            "SELECT day, count(DISTINCT user_id) n FROM e GROUP BY day ORDER BY day", 100, active, wall_goal_ms=30),
        Question(
            "events and members by day and event", ["activity", "--by", "event"],
            "SELECT day, event, count(*) c, count(DISTINCT user_id) n FROM e GROUP BY day, event ORDER BY day, event",
            100, lambda rows: [[row["period"], row["event"], row["events"], row["active_members"]] for row in rows],
            wall_goal_ms=30),
        Question(
            "retention, 90 cohorts × 31 days", ["retention", "--periods", "30"], RETENTION, 100, triangle,
            clickhouse=RETENTION.replace("USING (user_id)", "ON a.user_id = f.user_id"), wall_goal_ms=60),
        Question(
            "trailing 28 days active", ["activity", "--trailing", "28"], TRAILING, 1000, active,
            clickhouse=TRAILING_CLICKHOUSE, wall_goal_ms=60),
        Question(
            "funnel of 3 steps within 7 days",
            ["funnel", "--steps", "post_view,comment,share", "--window", "7d", "--entry", "first", "--ties",
             "strictly-later", "--open-windows", "include"],
            FUNNEL, 10, lambda rows: [[row["members"] for row in rows]]),
        Question(
            "push open rate by arm, 24 h", ["push", "--window", "24h", "--by", "arm", "--as-of", last_day], PUSH, 10,
            lambda rows: [[row["arm"], row["sent"], row["opened"]] for row in rows]),
        Question(
            "members by day, platform and event", ["activity", "--where", "platform = 'wechat' and event = 'comment'"],
            "SELECT day, count(DISTINCT user_id) n FROM e WHERE platform = 'wechat' AND event = 'comment' "
            "GROUP BY day ORDER BY day", 2, active),
        Question(
            "top 20 content by viewers, one platform",
            ["content", "--event", "post_view", "--where", "platform = 'ios'", "--top", "20", "--rank", "viewers"],
            "SELECT content_id, count(DISTINCT user_id) n FROM e WHERE event = 'post_view' AND platform = 'ios' "
            "GROUP BY content_id ORDER BY n DESC, content_id LIMIT 20", 5,
            lambda rows: [[row["content"], row["viewers"]] for row in rows]),
    ]
