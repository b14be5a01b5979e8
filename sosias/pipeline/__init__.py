"""The steps as jobs: each in a process of its own, one at a time a workspace; and the whole chain."""

from sosias.pipeline.chain import Order, run_chain, run_update, settle_base
from sosias.pipeline.faults import Fault, write_fault
from sosias.pipeline.jobs import StepEnded, StepFault, Stopped, run_step
from sosias.pipeline.personas import new_persona, record_consent

__all__ = [
    "Fault",
    "Order",
    "StepEnded",
    "StepFault",
    "Stopped",
    "new_persona",
    "record_consent",
    "run_chain",
    "run_step",
    "run_update",
    "settle_base",
    "write_fault",
]
