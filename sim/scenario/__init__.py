"""What is asked: scenario files, their errors, their evidence."""

from __future__ import annotations

from sim.scenario.editor import json_schema
from sim.scenario.loading import load
from sim.scenario.problems import Problem, ScenarioError
from sim.scenario.scenario import Scenario
from sim.scenario.setting import parse_set

__all__ = ["Problem", "Scenario", "ScenarioError", "json_schema", "load", "parse_set"]
