"""Options → the plan for one patient."""

from gluterelief_pdf.model import Facts, Plan


def make(facts: Facts) -> Plan:
    """Plan every technique with its default dose, in the order of the facts."""
    return Plan(facts.techniques)
