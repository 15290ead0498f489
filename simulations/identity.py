"""Ids of simulations and the tokens of their owners."""

import secrets

# Without vowels and look-alikes: no id spells a word, none is misread, none is the word "last".
ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
ID_LENGTH = 12


def new_id() -> str:
    """Return an unguessable id (57 bits) that is safe in addresses, file names and shells."""
    return "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH))


def new_token() -> str:
    """Return the secret that proves who owns a simulation or batch now."""
    return secrets.token_hex(16)


def new_seed() -> str:
    """Return a random seed, short enough to be read out."""
    return str(secrets.randbelow(10**12))
