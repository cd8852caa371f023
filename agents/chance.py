"""The one source of chance: a counter-based draw keyed by (seed, tick, purpose, actor, other, index).

A draw is a hash of its key, not the next number of a stream. Hence the draw for a given choice is the same whatever else
happens in the run, whatever the order of citizens, the storage or the number of threads; runs that differ in policy share
their luck (common random numbers). The mix is the finaliser of SplitMix64 (Steele, Lea & Flood 2014, variant 13 of Stafford),
applied once for each part of the key; `tests/test_chance.py` checks uniformity, independence and avalanche.
"""

from enum import IntEnum

import numpy as np

from agents.compiling import rule

_U = np.uint64
_GOLDEN, _ACTOR, _OTHER = _U(0x9E3779B97F4A7C15), _U(0xD1B54A32D192ED03), _U(0x8CB92BA72F3D8DD7)
_M1, _M2 = _U(0xBF58476D1CE4E5B9), _U(0x94D049BB133111EB)
_S30, _S27, _S31, _S11, _S32 = _U(30), _U(27), _U(31), _U(11), _U(32)
_UNIT = 2.0**-53


class Purpose(IntEnum):
    """What a draw decides. Every kind of choice has its own number; numbers are never reused."""

    INTEGRITY = 1
    SCORE_CONCERN = 2
    PROTEST_THRESHOLD = 3
    REGION = 4
    ONLINE = 5
    OFFICE = 6
    EXEMPTION_LOT = 7
    COVERAGE = 8
    SUPERIOR = 9
    ENCOUNTER = 30
    STRANGER = 31
    MIXING = 32
    PARTNER = 33
    DISCLOSURE = 34
    TRUST = 35
    HONOUR = 36
    GOSSIP = 37
    CONDUCT_CHANCE = 40
    CONDUCT = 41
    HELPED = 42
    TOLD = 43
    RECORDED = 44
    ON_FILE = 45
    PAY = 46
    SETTLE_CHANCE = 47
    SETTLE = 48
    VERIFY = 49
    HEARING = 39
    CAMERA = 50
    COURT = 51
    COMPLAINT = 52
    SAW = 53
    REPORT = 54
    ACCUSE_CHANCE = 55
    ACCUSE_WHOM = 56
    ACCUSE = 57
    UPHOLD = 60
    EXEMPTION = 61
    ENFORCEMENT = 62
    EXPOSURE = 63
    APPEAL = 64
    REWARD_LOT = 65
    COLLECTION = 66
    OWN_DETECTION = 67
    NOTED = 68
    RATE = 69
    ABUSE = 59
    VISIT = 70
    FELT = 71
    FAMILY = 72
    REVIEW = 80
    CUT = 81
    CUT_LOT = 82
    OFFER_CHANCE = 90
    CLOSURE = 91
    VIA = 92
    CANDIDATE = 93
    OFFER = 94
    OFFER_ORDER = 95
    ACCEPT = 96
    HOMOPHILY = 97
    ENROL_CHANCE = 100
    ENROL = 101
    PROTEST_CHANCE = 102
    PROTEST = 103
    DATING_CHANCE = 112
    PROFILE = 113
    PROFILE_MIXING = 114
    PROFILE_SCORE = 115
    COURT_SINGLE = 116
    SUITOR_ORDER = 117
    ANSWER = 118
    COUPLED = 119
    MEASURE = 110
    NEIGHBOURHOOD = 111
    FALL = 120
    BYSTANDER = 121
    COMING_BY = 122
    RESCUE = 123
    BLAME_CHANCE = 124
    BLAME = 125
    BLAME_BELIEVED = 126
    BLAME_TOLD = 127
    FIRM_INTEGRITY = 130
    HEAD_INTEGRITY = 131
    FIRM_CONDUCT = 132
    GOVERNMENT_CONDUCT = 133
    PURCHASE_CHANCE = 134
    FIRM = 135
    FIRM_STANDING = 136
    PURCHASE = 137
    DISCOVERY = 138
    DEALING = 139
    GOVERNMENT_RATING = 140
    AUDIT = 141
    SCHEME_AUDIT = 142
    SCANDAL = 143
    HEARSAY = 144


@rule
def mix(x):
    """Return a well-mixed uint64 of a uint64 (a bijection)."""
    x = (x ^ (x >> _S30)) * _M1
    x = (x ^ (x >> _S27)) * _M2
    return x ^ (x >> _S31)


@rule
def stream(seed, tick, purpose):
    """Return the uint64 key of all draws of one purpose in one tick; tick 0 and up, -1 for draws made before the first tick."""
    key = mix(_U(seed) + _GOLDEN)
    key = mix(key ^ (_U(tick) * _ACTOR + _GOLDEN))
    return mix(key ^ (_U(purpose) * _OTHER + _GOLDEN))


@rule
def actor_key(stream_key, actor):
    """Return the uint64 key of all draws of one actor within a stream."""
    return mix(_U(stream_key) ^ (_U(actor) * _ACTOR + _GOLDEN))


@rule
def pair_key(of_actor, other, index):
    """Return the uint64 hash for (actor, other, index), given the actor's key. `other` < 2**32, `index` < 2**31."""
    return mix(_U(of_actor) ^ ((_U(other) | (_U(index) << _S32)) * _OTHER + _GOLDEN))


@rule
def unit(key):
    """Turn a uint64 hash into a uniform float64 in [0, 1)."""
    return float(_U(key) >> _S11) * _UNIT


@rule
def bar(probability):
    """Return the uint64 below which the upper 53 bits of a hash lie if and only if its draw is below that probability (0-1)."""
    return _U(np.ceil(probability / _UNIT))


@rule
def draw(stream_key, actor, other=0, index=0):
    """Return the uniform float64 in [0, 1) that belongs to (actor, other, index) within a stream."""
    return unit(pair_key(actor_key(stream_key, actor), other, index))


@rule
def tie_key(stream_key, low, high):
    """Return the uint64 hash that belongs to the tie of citizens low < high (uint64)."""
    return mix(stream_key ^ ((low | (high << _S32)) * _OTHER + _GOLDEN))


@rule
def tie_draw(stream_key, i, j):
    """Return the uniform float64 in [0, 1) that belongs to the tie of i and j, whichever of them is named first."""
    return unit(tie_key(_U(stream_key), min(_U(i), _U(j)), max(_U(i), _U(j))))


@rule
def tie_luck(seed, tick, purpose, i, j):
    """Return the draw of a whole key that belongs to a tie."""
    return tie_draw(stream(seed, tick, purpose), i, j)


@rule
def ticket(seed, tick, purpose, actor, other, index):
    """Return the uint64 hash of a whole key (from Python: an int)."""
    return pair_key(actor_key(stream(seed, tick, purpose), actor), other, index)


@rule
def luck(seed, tick, purpose, actor, other, index):
    """Return the uniform float64 in [0, 1) of a whole key: what the compiled loops get from `stream` and `draw`."""
    return unit(ticket(seed, tick, purpose, actor, other, index))
