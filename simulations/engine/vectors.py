"""Drawing eight attempts at once: what `words` and `attempts` say of one, in the compiler's own vectors.

Written as vectors because the compiler finds neither the running sum nor the word of hits by itself.
Whatever the processor is, it makes of them what it can do.
"""

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from .draws import ATTEMPT_STEP, MIX_1, MIX_2
from .layout import AT_ONCE, FIXED_POINT, LANES

I64, I32 = ir.IntType(64), ir.IntType(32)
V64, V32 = ir.VectorType(I64, LANES), ir.VectorType(I32, LANES)


def same(value: int) -> ir.Constant:
    return ir.Constant(V64, [value & (1 << 64) - 1] * LANES)


def spread(builder, value):
    """Put a scalar into all lanes."""
    first = builder.insert_element(ir.Constant(V64, ir.Undefined), value, I32(0))
    return builder.shuffle_vector(first, ir.Constant(V64, ir.Undefined), ir.Constant(V32, [0] * LANES))


def mix_lanes(builder, z):
    for shift, factor in ((30, MIX_1), (27, MIX_2)):
        z = builder.mul(builder.xor(z, builder.lshr(z, same(shift))), same(factor))
    return builder.xor(z, builder.lshr(z, same(31)))


@intrinsic
def draw_lanes(
    typing_context, base, lowest, n_values, low_factor, high_factor, first, width, ends, at, end_s
):
    """Draw the attempts whose words start at ``base``; put their ends into ``ends`` from ``at`` on, where
    ``end_s`` is the end of the one before. Returns the last end, and a bit for each whose draw is not one
    of the ``width`` from ``first`` on."""

    def generate(context, builder, signature, args):
        base, lowest, n_values, low_factor, high_factor, first, width, ends, at, end_s = args
        steps = ir.Constant(V64, [i * ATTEMPT_STEP & (1 << 64) - 1 for i in range(LANES)])
        word = mix_lanes(builder, builder.add(spread(builder, base), steps))
        half = same(32)
        low = same((1 << 32) - 1)
        n = builder.and_(spread(builder, n_values), low)
        product = builder.mul(builder.lshr(word, half), n)
        raw = builder.lshr(builder.add(product, builder.sub(n, same(1))), half)
        raw = builder.and_(builder.add(spread(builder, lowest), raw), low)
        scaled = builder.lshr(builder.mul(raw, builder.and_(spread(builder, low_factor), low)), half)
        scaled = builder.add(scaled, builder.mul(raw, builder.and_(spread(builder, high_factor), low)))
        time = builder.trunc(builder.lshr(scaled, same(FIXED_POINT - 32)), V32)
        one = ir.Constant(V32, [1] * LANES)
        time = builder.select(builder.icmp_unsigned("<", time, one), one, time)
        zero = ir.Constant(V32, [0] * LANES)
        for distance in (1, 2, 4):
            order = [LANES + i - distance if i >= distance else 0 for i in range(LANES)]
            time = builder.add(time, builder.shuffle_vector(zero, time, ir.Constant(V32, order)))
        carry = builder.insert_element(ir.Constant(V32, ir.Undefined), builder.trunc(end_s, I32), I32(0))
        carry = builder.shuffle_vector(carry, ir.Constant(V32, ir.Undefined), ir.Constant(V32, [0] * LANES))
        time = builder.add(time, carry)
        data = builder.gep(builder.extract_value(ends, 0), [at])
        builder.store(time, builder.bitcast(data, V32.as_pointer()), align=4)
        above = builder.and_(builder.sub(word, spread(builder, first)), low)
        hit = builder.icmp_unsigned(">=", above, spread(builder, width))
        hits = builder.zext(builder.bitcast(hit, ir.IntType(LANES)), I64)
        last = builder.zext(builder.extract_element(time, I32(LANES - 1)), I64)
        return context.make_tuple(builder, signature.return_type, (last, hits))

    u64, i64 = types.uint64, types.int64
    result = types.Tuple((i64, u64))
    return result(u64, u64, u64, u64, u64, u64, u64, ends, i64, i64), generate


@intrinsic
def hit_lanes(typing_context, base, shift, limit):
    """Return a bit for each of eight attempts whose draw is below ``limit``; ``shift`` tells the half."""

    def generate(context, builder, signature, args):
        base, shift, limit = args
        steps = ir.Constant(V64, [i * ATTEMPT_STEP & (1 << 64) - 1 for i in range(LANES)])
        word = mix_lanes(builder, builder.add(spread(builder, base), steps))
        draw = builder.and_(builder.lshr(word, spread(builder, shift)), same((1 << 32) - 1))
        hit = builder.icmp_unsigned("<", draw, spread(builder, limit))
        return builder.zext(builder.bitcast(hit, ir.IntType(LANES)), I64)

    u64 = types.uint64
    return u64(u64, u64, u64), generate


V32_AT_ONCE = ir.VectorType(I32, AT_ONCE)


def load_numbers(builder, numbers, at):
    pointer = builder.gep(builder.extract_value(numbers, 0), [at])
    return builder.load(builder.bitcast(pointer, V32_AT_ONCE.as_pointer()), align=4)


@intrinsic
def least_of(typing_context, numbers, at, least):
    """Return the least of ``AT_ONCE`` numbers from ``at`` on, and of ``least``."""

    def generate(context, builder, signature, args):
        numbers, at, least = args
        name = f"llvm.vector.reduce.smin.v{AT_ONCE}i32"
        reduce = builder.module.declare_intrinsic(name, fnty=ir.FunctionType(I32, [V32_AT_ONCE]))
        found = builder.sext(builder.call(reduce, [load_numbers(builder, numbers, at)]), I64)
        return builder.select(builder.icmp_signed("<", found, least), found, least)

    return types.int64(numbers, types.int64, types.int64), generate


@intrinsic
def equal_to(typing_context, numbers, at, number):
    """Return a word with a bit for each of ``AT_ONCE`` numbers from ``at`` on that equals ``number``."""

    def generate(context, builder, signature, args):
        numbers, at, number = args
        undefined = ir.Constant(V32_AT_ONCE, ir.Undefined)
        first = builder.insert_element(undefined, builder.trunc(number, I32), I32(0))
        wanted = builder.shuffle_vector(first, undefined, ir.Constant(V32_AT_ONCE, [0] * AT_ONCE))
        same = builder.icmp_signed("==", load_numbers(builder, numbers, at), wanted)
        return builder.zext(builder.bitcast(same, ir.IntType(AT_ONCE)), I64)

    return types.uint64(numbers, types.int64, types.int64), generate
