"""The peer: the same rules in plain Mesa, written as Mesa's own documentation advises.

Citizens are `mesa.Agent`s with Python attributes; a phase is an AgentSet's `do`; ties are a dict for each citizen; chance comes
from `model.random` and `model.rng`; a DataCollector records the headline outcomes. The peer reads the declared parameters and
starts from the same graphs, and shares nothing else with the society: no arrays, no compiled code, no counter-based draws. So its
runs are not the society's, but like them (`tests/test_benchmarks.py` compares their outcomes). It leaves out null models and
policies, outcomes by group, and the causes of cut ties: it does a little less.
"""
