"""Brings libgpiod to simulated chips, within this process. Adapter (ctypes).

    python -m drivers.simulated.gpio_kernel MODULE [ARGUMENT …]      runs a program with it, for instance the kiosk

There is no stand-in for /dev/gpiochip* without a module of the kernel (gpio-sim). Here the real libgpiod runs, with its
own structures and ioctl numbers, and only the five calls by which it reaches the kernel are led elsewhere, by the table
through which it calls the C library. Files that are no sockets go to the kernel as always.

    open      a Unix socket is connected to                    lstat, stat   it is a character device
    ioctl     one packet to the chip and one back              realpath      of the subsystem gpio
    read      of a chip that hung up: ENODEV
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import runpy
import socket
import stat
import struct
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drivers.simulated import gpio_uapi as uapi
from drivers.simulated.gpio_uapi import Ask

if TYPE_CHECKING:
    from collections.abc import Callable

_libc = ctypes.CDLL(None, use_errno=True)
_Function = partial(ctypes.CFUNCTYPE, use_errno=True)
_open_t = _Function(ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_int)
_ioctl_t = _Function(ctypes.c_int, ctypes.c_int, ctypes.c_ulong, ctypes.c_void_p)
_read_t = _Function(ctypes.c_ssize_t, ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t)
_stat_t = _Function(ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)
_xstat_t = _Function(ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)  # glibc before 2.33
_realpath_t = _Function(ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)

_libc.strdup.restype = ctypes.c_void_p
_libc.realpath.restype = ctypes.c_void_p
_libc.read.restype = ctypes.c_ssize_t

# Where st_mode stands in a `struct stat`.
_MODE_AT = {"x86_64": 24, "aarch64": 16}[platform.machine()]


def _is_chip(fd: int) -> bool:
    return stat.S_ISSOCK(os.fstat(fd).st_mode)


def _fails(number: int | None) -> int:
    ctypes.set_errno(number or errno.EIO)
    return -1


def _open(path: bytes, flags: int, mode: int) -> int:
    try:
        if not stat.S_ISSOCK(os.stat(path).st_mode):  # noqa: PTH116  (bytes, as C has them)
            result: int = _libc.open(path, flags, mode)
            return result
        link = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            link.connect(path)
        except OSError:
            link.close()
            raise
        return link.detach()
    except OSError as error:
        return _fails(errno.ENODEV if error.errno == errno.ECONNREFUSED else error.errno)


def _ioctl(fd: int, number: int, argument: int) -> int:
    if not _is_chip(fd):
        result: int = _libc.ioctl(fd, ctypes.c_ulong(number), ctypes.c_void_p(argument))
        return result
    try:
        return _ask(fd, number & 0xFFFFFFFF, argument)  # libgpiod passes an int, which C widens with its sign
    except OSError as error:
        gone = {errno.EPIPE, errno.ENOTCONN, errno.ECONNRESET}
        return _fails(errno.ENODEV if error.errno in gone else error.errno)


def _ask(fd: int, number: int, argument: int) -> int:
    size_bytes = uapi.size_of(number)
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with near, socket.socket(fileno=os.dup(fd)) as link:
        with far:
            socket.send_fds(link, [struct.pack("=I", number) + ctypes.string_at(argument, size_bytes)], [far.fileno()])
        answer, fds, _, _ = socket.recv_fds(near, 4 + size_bytes, 1)
    if not answer:
        raise OSError(errno.ENODEV, "the chip is gone")
    refusal, answered = struct.unpack_from("=i", answer)[0], answer[4:]
    if refusal:
        raise OSError(refusal, os.strerror(refusal))
    if number == Ask.GET_LINE:
        answered = uapi.with_fd(answered, fds[0])
    ctypes.memmove(argument, answered, len(answered))
    return 0


def _read(fd: int, buffer: int, length: int) -> int:
    result: int = _libc.read(fd, ctypes.c_void_p(buffer), ctypes.c_size_t(length))
    return _fails(errno.ENODEV) if result == 0 and _is_chip(fd) else result


def _stat(real: Callable[..., int], *arguments: Any) -> int:  # noqa: ANN401  (three or four, by the age of glibc)
    buffer = arguments[-1]
    result = real(*arguments[:-1], ctypes.c_void_p(buffer))
    if result == 0:
        mode = ctypes.c_uint.from_address(buffer + _MODE_AT)
        if stat.S_ISSOCK(mode.value):
            mode.value = stat.S_IMODE(mode.value) | stat.S_IFCHR
    return result


def _realpath(path: bytes, resolved: int | None) -> int | None:
    # What a socket has for a device number; see gpiod_check_gpiochip_device in libgpiod's internal.c.
    if path == b"/sys/dev/char/0:0/subsystem":
        copy: int = _libc.strdup(b"/sys/bus/gpio")
        return copy
    found: int | None = _libc.realpath(path, ctypes.c_void_p(resolved))
    return found


# Kept for as long as the process lives: C calls them.
_LED_ELSEWHERE: dict[str, Any] = {
    "open": _open_t(_open),
    "ioctl": _ioctl_t(_ioctl),
    "read": _read_t(_read),
    "realpath": _realpath_t(_realpath),
}
for _name in ("stat", "lstat"):
    if hasattr(_libc, f"__{_name[:-4]}xstat"):
        _LED_ELSEWHERE[f"__{_name[:-4]}xstat"] = _xstat_t(partial(_stat, getattr(_libc, f"__{_name[:-4]}xstat")))
    if hasattr(_libc, _name):
        _LED_ELSEWHERE[_name] = _stat_t(partial(_stat, getattr(_libc, _name)))

# System V ABI, figures 5-9 and 5-10: what a dynamic section says.
_PT_DYNAMIC = 2
_DT_PLTRELSZ, _DT_STRTAB, _DT_SYMTAB, _DT_JMPREL = 2, 5, 6, 23


def install() -> None:
    """Lead libgpiod to simulated chips from now on.

    Raises:
        OSError: the library is not laid out as we know it.
    """
    from gpiod import _ext  # noqa: PLC0415  (late: whoever has no chip need not load it)

    base = _base(str(Path(_ext.__file__).resolve()))
    table = _dynamic(base)
    slots = 0
    for at in range(table[_DT_JMPREL], table[_DT_JMPREL] + table[_DT_PLTRELSZ], 24):
        offset, info, _ = struct.unpack("=QQq", ctypes.string_at(at, 24))
        name_at = ctypes.c_uint.from_address(table[_DT_SYMTAB] + 24 * (info >> 32)).value
        name = ctypes.string_at(table[_DT_STRTAB] + name_at).decode()
        if (function := _LED_ELSEWHERE.get(name)) is not None:
            _overwrite(base + offset, ctypes.cast(function, ctypes.c_void_p).value or 0)
            slots += 1
    if slots < 5:  # noqa: PLR2004  (one for each call in the table above)
        raise OSError(errno.ENOEXEC, f"libgpiod calls only {slots} of the five functions")


def _base(library: str) -> int:
    for line in Path("/proc/self/maps").read_text(encoding="utf-8").splitlines():
        if line.endswith(library):
            return int(line.partition("-")[0], 16)
    raise OSError(errno.ENOENT, f"{library!r} is not loaded")


def _dynamic(base: int) -> dict[int, int]:
    header = ctypes.string_at(base, 64)
    headers_at, size_bytes, count = *struct.unpack_from("=Q", header, 32), *struct.unpack_from("=HH", header, 54)
    for index in range(count):
        kind, _, _, address, _, _, length, _ = struct.unpack(
            "=IIQQQQQQ", ctypes.string_at(base + headers_at + index * size_bytes, 56)
        )
        if kind == _PT_DYNAMIC:
            return dict(struct.iter_unpack("=QQ", ctypes.string_at(base + address, length)))
    raise OSError(errno.ENOEXEC, "no dynamic section")


def _overwrite(at: int, value: int) -> None:
    page_bytes = os.sysconf("SC_PAGE_SIZE")
    if _libc.mprotect(ctypes.c_void_p(at & -page_bytes), ctypes.c_size_t(page_bytes), 3) != 0:  # read and write
        raise OSError(ctypes.get_errno(), "the table cannot be written")
    ctypes.c_size_t.from_address(at).value = value


def main() -> None:
    """Run a module as a program, with simulated chips."""
    install()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
