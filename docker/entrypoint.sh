#!/bin/sh
# Puts the image's kernels into the cache, which may be an empty or an older image's volume, and starts the command.
set -eu

for folder in "${BINGOSIM_IMAGE_KERNELS:-/opt/kernels}"/kernels-*; do
    target="$NUMBA_CACHE_DIR/$(basename "$folder")"
    if [ -d "$folder" ] && [ ! -d "$target" ]; then
        # Whole or not at all: other containers start from the same volume. Of two that copy, the second one's is
        # left over and removed.
        # Without a cache that can be written the command compiles, which is slow, but works.
        draft=$(mktemp -d "$NUMBA_CACHE_DIR/draft-XXXXXX") || continue
        cp -R "$folder/." "$draft"
        mv -T "$draft" "$target" 2>/dev/null || rm -rf "$draft"
    fi
done

exec "$@"
