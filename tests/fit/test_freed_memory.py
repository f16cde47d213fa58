"""What malloc does with freed blocks, counted by the pages that the system had to hand out."""

from __future__ import annotations

import subprocess
import sys

import pytest

# Each round takes a block of 64 MB, writes to every page of it and frees it, in a thread of its
# own, as TensorFlow's are.
_PROGRAM = """
import contextlib, ctypes, resource, threading
from training.fit.freed_memory import freed_memory_kept, share_one_arena

libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.malloc.argtypes = [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]
SIZE = 64 << 20

def rounds(count):
    for _ in range(count):
        block = libc.malloc(SIZE)
        ctypes.memset(block, 1, SIZE)
        libc.free(block)

def pages(count):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    thread = threading.Thread(target=rounds, args=(count,))
    thread.start()
    thread.join()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

def resident():
    words = open("/proc/self/statm").read().split()
    return int(words[1]) * resource.getpagesize()

share_one_arena()
plain = pages(8)
with freed_memory_kept():
    with freed_memory_kept():
        first = pages(1)
    kept = pages(8)
    held = resident()
after = resident()
print(plain, kept, held - after, pages(8))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="mallopt is glibc's")
def test_that_freed_blocks_are_taken_again_during_a_run_and_given_back_after_it() -> None:
    found = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True
    )
    plain, kept, given_back, after = (int(word) for word in found.stdout.split())
    one_block = (64 << 20) // 4096
    if plain < one_block:
        pytest.skip("the system hands out large pages here")
    assert plain > 7 * one_block
    assert kept < one_block // 4
    assert given_back > 48 << 20
    assert after > 7 * one_block
