"""Runs statements in Spark: a JSON string a line on standard input, {"names", "rows"} or {"error"} a line on standard
output. A program of its own, since Spark may belong to another Python than the checks."""

import datetime as dt
import decimal
import json
import os
import sys

from pyspark.sql import SparkSession


def plain(value):
    """A value of Spark as JSON has it."""
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    return int(value) if isinstance(value, decimal.Decimal) and value == int(value) else value


def main():
    # Spark and its Java write to standard output too.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    session = (
        SparkSession.builder.master("local[2]").config("spark.sql.session.timeZone", "UTC")
        .config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "2")
        .config("spark.ui.showConsoleProgress", "false").config("spark.log.level", "ERROR")
        # Its own default, 1 GB, is not enough for statements of many steps, which run at the same time.
        .config("spark.driver.memory", "4g")
        # The files are small: a few tasks read all of them.
        .config("spark.sql.files.openCostInBytes", "1").config("spark.sql.files.minPartitionNum", "2").getOrCreate())
    for line in sys.stdin:
        try:
            result = session.sql(json.loads(line))
            rows = [[plain(value) for value in row] for row in result.collect()]
            answer = {"names": result.columns, "rows": rows}
        except Exception as failure:  # whatever Spark says is the answer
            answer = {"error": str(failure)[:2000]}
        print(json.dumps(answer), file=answers, flush=True)


main()
