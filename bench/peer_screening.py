"""The peers of the screening benchmark that have an environment of their own: reads a task, prints one JSON line.

build/bench-venv/bin/python bench/peer_screening.py (duckdb|openfisca|zen) TASK.json
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any


def duckdb(task: dict[str, Any]) -> dict[str, Any]:
    """Counts of yes and no of every rule over a table in memory, all cores."""
    import duckdb as engine

    connection = engine.connect()
    connection.execute(f"CREATE TABLE firms AS SELECT * FROM read_parquet('{task['firms']}')")
    wanted = ", ".join(f"count_if({each}), count_if(NOT ({each}))" for each in task["sql"])
    started = time.perf_counter()
    counts = connection.execute(f"SELECT {wanted} FROM firms").fetchone()
    return {"seconds": time.perf_counter() - started, "yes": list(counts[::2]), "version": engine.__version__}


def openfisca(task: dict[str, Any]) -> dict[str, Any]:
    """Every rule a variable, its formula in numpy; missing inputs take their defaults, as OpenFisca does."""
    import numpy as np
    import pyarrow.parquet as pq
    from openfisca_core.entities import build_entity
    from openfisca_core.periods import DateUnit
    from openfisca_core.simulation_builder import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    firm = build_entity(key="firm", plural="firms", label="firm", is_person=True)
    system = TaxBenefitSystem([firm])
    table = pq.read_table(task["plain"])
    kinds = {"int64": float, "int32": float, "double": float, "bool": bool}
    for name in table.schema.names:
        kind = kinds[str(table.schema.field(name).type)]
        system.add_variable(
            type(
                name,
                (Variable,),
                {"value_type": kind, "entity": firm, "definition_period": DateUnit.MONTH, "label": name},
            )
        )
    for at, formula in enumerate(task["numpy"]):
        compiled = compile(formula, f"rule{at}", "eval")

        def body(population: Any, period: Any, parameters: Any = None, compiled: Any = compiled) -> Any:
            return eval(compiled, {"np": np, "f": lambda name: population(name, period)})

        kind = {
            "value_type": bool,
            "entity": firm,
            "definition_period": DateUnit.MONTH,
            "label": "rule",
            "formula": body,
        }
        system.add_variable(type(f"rule_{at}", (Variable,), kind))
    simulation = SimulationBuilder().build_default_simulation(system, table.num_rows)
    for name in table.schema.names:
        simulation.set_input(name, "2026-11", table.column(name).to_numpy())
    started = time.perf_counter()
    yes = [int(simulation.calculate(f"rule_{at}", "2026-11").sum()) for at in range(len(task["numpy"]))]
    return {"seconds": time.perf_counter() - started, "yes": yes, "rows": table.num_rows}


def zen(task: dict[str, Any]) -> dict[str, Any]:
    """One firm after another through a decision of every rule."""
    import zen as engine

    rules = [{"id": str(at), "key": f"r{at}", "value": each} for at, each in enumerate(task["zen"])]
    node = {"type": "expressionNode", "id": "rules", "name": "rules", "content": {"expressions": rules}}
    ends = [{"type": f"{kind}Node", "id": kind, "name": kind} for kind in ("input", "output")]
    edges = [
        {"id": "a", "sourceId": "input", "targetId": "rules"},
        {"id": "b", "sourceId": "rules", "targetId": "output"},
    ]
    content = json.dumps({"nodes": [ends[0], node, ends[1]], "edges": edges})
    decision = engine.ZenEngine().create_decision(content)
    firms = json.loads(Path(task["rows"]).read_text("utf-8"))
    yes = [0] * len(rules)
    started = time.perf_counter()
    for firm in firms:
        said = decision.evaluate(firm)["result"]
        for at in range(len(yes)):
            yes[at] += said[f"r{at}"]
    return {"seconds": time.perf_counter() - started, "yes": yes, "rows": len(firms)}


if __name__ == "__main__":
    chosen = {"duckdb": duckdb, "openfisca": openfisca, "zen": zen}[sys.argv[1]]
    print(json.dumps(chosen(json.loads(Path(sys.argv[2]).read_text("utf-8")))))
