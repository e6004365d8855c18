#!/bin/sh
# Builds the debian guest: Debian 12 with cloud-init, guest agent and SSH on one GPT disk that boots by BIOS and UEFI.
# Uses neither loop devices nor mounts of its own: the file system is filled by mke2fs, grub is placed by debian-boot.py.
#
# usage: debian.sh SOURCE WORK OUT.qcow2      (root; WORK takes 2 GB)
set -eu
source=$1 work=$2 out=$3

include=linux-image-cloud-amd64,systemd-sysv,systemd-resolved,libnss-resolve,udev,dbus,netplan.io,qemu-guest-agent
include=$include,cloud-init,openssh-server,iproute2,iputils-ping,cloud-guest-utils,fdisk,e2fsprogs,kmod,sudo,ca-certificates

# The machine's own package sources, so that a local mirror is used for the guest too.
set --
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
  [ -s "$list" ] && grep -q 'debian' "$list" && set -- "$@" "$list"
done

mmdebstrap --quiet --variant=minbase --include="$include" \
  --dpkgopt='path-exclude=/usr/share/doc/*' \
  --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' \
  --aptopt='Acquire::Languages "none"' \
  --customize-hook='chroot "$1" systemctl enable ssh serial-getty@ttyS0 systemd-networkd systemd-resolved' \
  --customize-hook='printf "datasource_list: [ NoCloud, ConfigDrive, None ]\n" > "$1/etc/cloud/cloud.cfg.d/90_datasource.cfg"' \
  --customize-hook='printf "LABEL=root / ext4 defaults,discard 0 1\n" > "$1/etc/fstab"' \
  --customize-hook='printf "Basalt Debian guest, \\\\n on \\\\l\n\n" > "$1/etc/issue"' \
  --customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/* "$1"/etc/ssh/ssh_host_*' \
  --customize-hook='rm -f "$1/etc/hostname"; : > "$1/etc/machine-id"' \
  bookworm "$work/root.tar" "$@"

root=$work/root
mkdir "$root"
tar -C "$root" --numeric-owner -xpf "$work/root.tar"
rm "$work/root.tar"
kernel=$(basename "$root"/boot/vmlinuz-*)
kernel=${kernel#vmlinuz-}
mkdir -p "$root/boot/grub"
cat > "$root/boot/grub/grub.cfg" <<GRUB
set timeout=0
search --no-floppy --label root --set=root
linux /boot/vmlinuz-$kernel root=LABEL=root ro console=tty0 console=ttyS0,115200 net.ifnames=0 biosdevname=0 quiet
initrd /boot/initrd.img-$kernel
boot
GRUB

# Sectors of 512 bytes: BIOS boot partition 2048+2048, ESP 4096+32768, root from 36864 (growpart extends it).
disk=$work/disk.raw
truncate -s 2G "$disk"
sfdisk -q "$disk" <<PARTITIONS
label: gpt
start=2048, size=2048, type=21686148-6449-6E6F-744E-656564454649, name=bios
start=4096, size=32768, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, name=esp
start=36864, size=4155392, type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709, name=root
PARTITIONS
mke2fs -q -t ext4 -L root -d "$root" -E offset=$((36864 * 512)) "$disk" $((4155392 / 2))k
rm -rf "$root"

printf 'search --no-floppy --label root --set=root\nset prefix=($root)/boot/grub\nconfigfile $prefix/grub.cfg\n' > "$work/early.cfg"
modules="part_gpt part_msdos ext2 fat normal configfile linux search search_label"
grub-mkimage -O i386-pc -c "$work/early.cfg" -p /boot/grub -o "$work/core.img" biosdisk $modules
grub-mkimage -O x86_64-efi -c "$work/early.cfg" -p /boot/grub -o "$work/BOOTX64.EFI" efi_gop all_video $modules
python3 "$source/debian-boot.py" "$disk" /usr/lib/grub/i386-pc/boot.img "$work/core.img" 2048

esp=$work/esp.img
truncate -s 16M "$esp"
mkfs.vfat -n ESP "$esp" > /dev/null
mmd -i "$esp" ::/EFI ::/EFI/BOOT
mcopy -i "$esp" "$work/BOOTX64.EFI" ::/EFI/BOOT/
dd if="$esp" of="$disk" bs=1M seek=2 conv=notrunc,sparse status=none

qemu-img convert -c -f raw -O qcow2 "$disk" "$out"
