"""The third peer: Polars reads the peers' Parquet anew for each question. It has no counterpart to some of them."""

import polars as pl

VERSION = f"Polars {pl.__version__}"


class PolarsSide:
    def __init__(self, parquet):
        self._parquet = parquet

    def answers(self, name):
        return name in _QUESTIONS

    def ask(self, name):
        return _QUESTIONS[name](pl.scan_parquet(self._parquet)).collect().rows()


def _retention(log):
    active = log.select("user_id", "day").unique()
    first = active.group_by("user_id").agg(pl.col("day").min().alias("c"))
    cells = active.join(first, on="user_id").with_columns(k=(pl.col("day") - pl.col("c")).dt.total_days())
    return cells.filter(pl.col("k") <= 30).group_by("c", "k").len().sort("c", "k")


def _filtered(log):
    chosen = log.filter((pl.col("platform") == "wechat") & (pl.col("event") == "comment"))
    return chosen.group_by("day").agg(pl.col("user_id").n_unique()).sort("day")


def _content(log):
    chosen = log.filter((pl.col("platform") == "ios") & (pl.col("event") == "post_view"))
    viewers = chosen.group_by("content_id").agg(pl.col("user_id").n_unique().alias("n"))
    return viewers.sort(["n", "content_id"], descending=[True, False]).head(20)


_QUESTIONS = {
    "daily active members": lambda log: log.group_by("day").agg(pl.col("user_id").n_unique()).sort("day"),
    "events and members by day and event": lambda log: (
        log.group_by("day", "event").agg(pl.len(), pl.col("user_id").n_unique()).sort("day", "event")),
    "retention, 90 cohorts × 31 days": _retention,
    "members by day, platform and event": _filtered,
    "top 20 content by viewers, one platform": _content,
}
