#!/usr/bin/env python3
"""Draws the overview of a small made-up community, and its experiment in other states, in a real browser.

usage: demo_page.py --muster PATH --work DIR

Makes a workspace, simulates, runs the nightly pipeline, serves on a free port and hands the address to browser.py.
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys

DATASET = """path: log/*.jsonl
time: ts
member: user_id
event: event
event-id: event_id
dimensions: {community: community_id, platform: platform, content: content_id, push: properties.push_id, arm: properties.arm}
properties-from: properties
"""


# The same pushes read as experiments that have no units yet, too few, and not those that were promised.
EXPERIMENTS = {
    "not-begun": "from: 2090-01-01",
    "too-early": "to: 2026-08-04",
    "units-lost": "assignment: push_sent",
}


# Questions of groups, and those that are drawn as no other tile of the overview is.
GROUPS = """title: Groups
tiles:
  - {id: lifecycle-by-platform, lifecycle: {by: [platform]}, series: [new, dormant]}
  - {id: lifecycle-bars, lifecycle: {by: [platform]}, last: 3}
  - {id: stickiness-by-platform, stickiness: {by: [platform]}, last: 14}
  - {id: sessions-by-two, sessions: {granularity: week, by: [platform, event]}}
  - {id: sessions-number, chart: number, sessions: {by: [platform]}, last: 7}
  - {id: hours-by-platform, hours: {by: [platform]}}
  - {id: days-by-platform, stickiness: {distribution: true, by: [platform]}, last: 14}
  - {id: followers, followers: {granularity: week}}
  - {id: reach, content: {event: post_view, per: followers, top: 5}}
"""


def write_dashboards(club, repository):
    """The overview of the repository with its experiment, a dashboard of the states that no verdict is given in, and one of
    groups."""
    shutil.copytree(repository / "pipelines" / "experiments", club / "pipelines" / "experiments")
    shutil.copy(repository / "dashboards" / "overview.yaml", club / "dashboards" / "overview.yaml")
    text = (repository / "pipelines" / "experiments" / "push-hour.yaml").read_text()
    tiles = ["title: No verdict yet", "tiles:"]
    for name, line in EXPERIMENTS.items():
        (club / "pipelines" / "experiments" / f"{name}.yaml").write_text(f"{text}{line}\n")
        tiles += [f"  - id: {name}", f"    title: {name}", f"    experiment: {name}"]
    (club / "dashboards" / "states.yaml").write_text("\n".join(tiles) + "\n")
    (club / "dashboards" / "groups.yaml").write_text(GROUPS)
    with open(club / "muster.yaml", "a") as settings:
        # The simulated log has no joins: whoever invites stands for one who joins.
        settings.write("followers-opening: {date: 2026-08-01, count: 500}\njoin-events: [invite]\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--muster", required=True)
    parser.add_argument("--work", required=True)
    options = parser.parse_args()
    muster = str(pathlib.Path(options.muster).resolve())
    work = pathlib.Path(options.work).resolve()
    shutil.rmtree(work, ignore_errors=True)
    club = work / "club"

    def run(*words):
        subprocess.run([muster, *words, "--quiet"], check=True, cwd=club if club.exists() else None)

    work.mkdir(parents=True)
    subprocess.run([muster, "new", str(club), "--time-zone", "Asia/Shanghai"], check=True, stdout=subprocess.DEVNULL)
    repository = pathlib.Path(__file__).resolve().parents[2]
    (club / "dashboards" / "site").symlink_to(repository / "dashboards" / "site")
    write_dashboards(club, repository)
    run("simulate", "datasets/club/log", "--members", "3000", "--events", "60000", "--days", "45", "--first-day", "2026-08-01")
    (club / "datasets" / "club" / "dataset.yaml").write_text(DATASET)
    run("run", "nightly")
    server = subprocess.Popen(
        [muster, "serve", "--port", "0", "--quiet"], cwd=club, stdout=subprocess.PIPE, text=True)
    try:
        address = re.search(r"http://\S+?(?=/? )", server.stdout.readline())
        if not address:
            sys.exit("muster serve did not say where it listens")
        browser = pathlib.Path(__file__).with_name("browser.py")
        sys.exit(subprocess.run([sys.executable, str(browser), address[0], "--out", str(work / "shots")]).returncode)
    finally:
        server.terminate()
        server.wait(10)


if __name__ == "__main__":
    main()
