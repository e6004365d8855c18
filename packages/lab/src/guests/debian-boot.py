"""Puts grub for BIOS on a GPT disk image, as grub-bios-setup does on a device.

usage: debian-boot.py DISK BOOT_IMG CORE_IMG FIRST_SECTOR

The boot sector goes before the protective partition table, the core image into the BIOS boot partition. Both hold the
place of what follows them: boot.img at 0x5c the core's first sector, the core's first sector at 500 its second one.
"""

import struct
import sys

disk, boot_file, core_file, first = sys.argv[1:]
sector = int(first)
with open(boot_file, "rb") as file:
    boot = bytearray(file.read())
with open(core_file, "rb") as file:
    core = bytearray(file.read())
boot[0x5C:0x64] = struct.pack("<Q", sector)
# Two no-ops instead of a jump: take the drive number the BIOS gives.
boot[0x66:0x68] = b"\x90\x90"
core[500:508] = struct.pack("<Q", sector + 1)
with open(disk, "r+b") as file:
    file.write(boot[:440])
    file.seek(sector * 512)
    file.write(core)
