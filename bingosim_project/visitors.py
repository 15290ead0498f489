"""Where a request comes from, as far as somebody who is trusted says so."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

# What providers give to one customer, who may use any address of it.
CUSTOMERS_BITS = 64


def address_of(request: HttpRequest) -> str | None:
    """Return the address that asks, or its network for version 6; None where nobody can tell.

    Each proxy adds whom it was asked by to the end of `X-Forwarded-For`. From there we go back as long as
    proxies of ours have the word; what others wrote in front of that may be anything.
    """
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    # Whoever comes by a socket of the file system has no address, and is on this machine.
    hops = [*forwarded, request.META.get("REMOTE_ADDR") or "127.0.0.1"]
    nearest = None
    for hop in reversed(hops):
        if (address := _parsed(hop.strip())) is None:
            break
        nearest = address
        if not any(address in network for network in settings.TRUSTED_PROXIES):
            break
    return None if nearest is None else _counted(nearest)


def _parsed(hop: str) -> IPv4Address | IPv6Address | None:
    """Read an address, which may have a port."""
    for text in (hop, urlsplit(f"//{hop}").hostname or ""):
        try:
            address = ip_address(text)
        except ValueError:
            continue
        return getattr(address, "ipv4_mapped", None) or address
    return None


def _counted(address: IPv4Address | IPv6Address) -> str:
    if address.version == 4:
        return str(address)
    return str(ip_network((address, CUSTOMERS_BITS), strict=False).network_address)
