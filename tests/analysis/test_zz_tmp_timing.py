import math
import numpy as np
from hypothesis import given, settings, assume, HealthCheck
from analysis.simulation import simulate, refusals
from analysis.time import elapsed_working
from analysis.timing import exact
from analysis.outcomes import expected_outcomes
from analysis.simulation import expected_visits
from dataclasses import replace
from tests.strategies import models
from bpmn.annotation import GovUnit

def on_one_clock(model):
    nodes = tuple(
        node.evolve(
            kind="userTask" if node.is_step else node.kind,
            times=tuple(replace(time, clock="") for time in node.times),
            step=replace(node.step, automatic=None) if node.step else None,
        ) for node in model.nodes)
    lanes = tuple(l.evolve(unit=replace(l.unit, staff=None) if l.unit else None) for l in model.lanes)
    procs = tuple(p.evolve(procedure=replace(p.procedure, arrivals_per_day=None) if p.procedure else None) for p in model.processes)
    return model.evolve(nodes=nodes, lanes=lanes, processes=procs)
N=4000
stat=dict(n=0,none=0,work=0)
@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(models(max_steps=9))
def test_agree(model):
    model=on_one_clock(model)
    assert not refusals(model)
    found=exact(model)
    stat['n']+=1
    c=simulate(model,cases=N,seed=5)
    sim=elapsed_working(model,c)
    if found.distribution is None:
        stat['none']+=1
        print('NONE',found.why_not); return
    d=found.distribution
    for q in (.25,.5,.75,.9,.95):
        x=d.quantile(q); tol=d.step*1.01+1e-3*x+1e-6
        below=(sim<x-tol).mean(); upto=(sim<=x+tol).mean()
        slack=4.8*math.sqrt(q*(1-q)/N)+1e-4
        assert below-slack <= q <= upto+slack, (q,x,below,upto,found)
    if sim.std()<4*sim.mean():
        assert abs(sim.mean()-d.mean) <= 6*sim.std()/math.sqrt(N)+1e-3*d.mean+1e-3, (sim.mean(), d.mean, sim.std()/math.sqrt(N))
    w=c.work/1e6
    if found.work.mean is not None:
        stat['work']+=1
        if w.std()<4*w.mean(): assert abs(w.mean()-found.work.mean) <= 6*w.std()/math.sqrt(N)+1e-4*w.mean()+1e-6,(w.mean(),found.work.mean,w.std()/math.sqrt(N))
    eo=expected_outcomes(model)
    if eo and found.outcome_shares:
        assert abs(eo['granted']-found.outcome_shares['granted'])<2e-4, (eo,found.outcome_shares)
    ev,ok=expected_visits(model)
    if ok and found.visits is not None:
        for k,v in ev.items(): assert abs(found.visits.get(k,0)-v)<1e-9,(k,v,found.visits.get(k))
    if found.visits is not None:
        pass
def test_z(): print(stat)
