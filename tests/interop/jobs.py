"""Runs a check over jobs: `python <check>.py jobs.json reports.json`, one list of complaints a job."""

import json
import sys
import traceback
from collections.abc import Callable


def run(check: Callable[[dict], list[str]]) -> None:
    jobs_path, reports_path = sys.argv[1:]
    with open(jobs_path) as file:
        jobs = json.load(file)
    with open(reports_path, "w") as file:
        json.dump([checked(check, job) for job in jobs], file)


def checked(check: Callable[[dict], list[str]], job: dict) -> list[str]:
    try:
        return check(job)
    # A generated script may end itself: that is a complaint about its job, and the others go on.
    except (Exception, SystemExit):
        return [traceback.format_exc()]
