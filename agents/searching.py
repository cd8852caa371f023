"""How long a search for somebody goes on before it is given up for the week (assumptions; they only bound the loops)."""

#: Tries to find a stranger: with half the population refused, one week in a million ends without.
STRANGER_ATTEMPTS = 20
#: Tries of a chance candidate for a tie.
CANDIDATE_ATTEMPTS = 8
#: Tries to find a firm that is not barred from the market.
FIRM_ATTEMPTS = 8
