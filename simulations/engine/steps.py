"""How kernel steps are compiled.

All of them are made by `step`, so that whoever defines one has set the folder for kernels before.
"""

from typing import Any

from numba import njit, types
from numba.core import config
from numba.extending import intrinsic

from .cache import prepare_cache
from .keeping import KernelCache

config.CACHE_DIR = str(prepare_cache())


def step(*args: Any, forceinline: bool = False, **options: Any) -> Any:
    """Compile a kernel step: like `numba.njit`, without reference counts and zero-division checks.

    Steps allocate nothing and own nothing, so there is nothing to count; whoever calls the
    kernel keeps the arrays alive.
    """
    # Said even where it is off, since a step inherits it from the one that calls it first.
    options |= {"_nrt": False, "error_model": "numpy", "forceinline": forceinline}
    compiled = njit(*args, **options)
    return one_for_literals(compiled) if args else lambda function: one_for_literals(compiled(function))


def one_for_literals(dispatcher: Any) -> Any:
    """Let a step be compiled once for a type of argument: numba would do it anew for each literal."""
    template = dispatcher.get_call_template

    def get_call_template(args: Any, kws: Any) -> Any:
        return template([types.unliteral(arg) for arg in args], kws)

    dispatcher.get_call_template = get_call_template
    return dispatcher


def entry_step(function: Any) -> Any:
    """Compile a kernel that Python calls: kept on disk, and other threads go on while it runs."""
    kernel = step(nogil=True)(function)
    kernel._cache = KernelCache(function.__name__)  # what `cache=True` does with numba's own files
    return kernel


def inlined_step(function: Any) -> Any:
    """Compile a step into its callers, because there is one of them or a call costs too much."""
    return step(forceinline=True)(function)


@intrinsic
def wide(typing_context):
    """Let the step that calls this use vectors of 512 bits where the processor has them, though it
    may be listed as one that prefers 256; such a step stays out of its callers."""

    def generate(context, builder, signature, args):
        attributes = builder.function.attributes
        attributes.add("noinline")
        for name in ("prefer-vector-width", "min-legal-vector-width"):
            set.add(attributes, f'"{name}"="512"')
        return context.get_dummy_value()

    return types.none(), generate


@intrinsic
def lowest_bit(typing_context, word):
    """Return the position of the lowest bit that is set in a word other than 0."""

    def generate(context, builder, signature, args):
        return builder.cttz(args[0], context.get_constant(types.boolean, True))

    return types.int64(types.uint64), generate


@intrinsic
def count_bits(typing_context, word):
    """Return how many bits are set in a word."""

    def generate(context, builder, signature, args):
        return builder.ctpop(args[0])

    return types.int64(types.uint64), generate


@intrinsic
def apart(typing_context):
    """Keep the step that calls this out of its callers: it is rarely needed, and what it needs
    would crowd their registers."""

    def generate(context, builder, signature, args):
        builder.function.attributes.add("noinline")
        return context.get_dummy_value()

    return types.none(), generate
