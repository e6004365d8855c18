#!/bin/sh
# Builds the tiny guest: a Debian kernel with an initramfs of busybox, qemu-ga and the virtio modules, started by
# grub from a small partition; a second partition (/data) keeps what the guest writes. Boots by BIOS and by UEFI.
#
# usage: tiny.sh PACKAGES SOURCE WORK OUT.qcow2
#   PACKAGES  a directory with the kernel's and qemu-guest-agent's Debian packages unpacked into it
#   SOURCE    the directory with the guest's own files
#   WORK      an empty scratch directory; vmlinuz and initrd stay in it, for a direct boot
set -eu
packages=$1 source=$2 work=$3 out=$4

root=$work/root
mkdir -p "$root"
cd "$root"
mkdir -p bin sbin usr/bin usr/sbin dev proc sys run tmp var etc root data mnt seed lib64 lib/modules-flat usr/share/udhcpc
ln -s /run var/run

cp /bin/busybox bin/busybox
for applet in $(/bin/busybox --list); do
  [ "$applet" = busybox ] || ln -s /bin/busybox "bin/$applet"
done
cp -R "$source/." .
chmod 755 init etc/rc etc/dhcp etc/acpi/PWRF/00000080 sbin/* usr/sbin/*

agent=$packages/usr/sbin/qemu-ga
cp "$agent" usr/sbin/qemu-ga
ldd "$agent" | grep -o '/[^ ]*\.so[^ ]*' | while read -r library; do
  mkdir -p ".$(dirname "$library")"
  cp -L "$library" ".$library"
done

# Modules with their dependencies, in an order in which insmod can load them.
kernel=$(basename "$packages"/lib/modules/*)
depmod -b "$packages" "$kernel"
for module in virtio_pci virtio_blk virtio_net virtio_scsi virtio_console virtio_balloon virtio-rng \
  button evdev isofs sr_mod sd_mod virtio_input qemu_fw_cfg; do
  modprobe -d "$packages" -S "$kernel" --show-depends "$module"
done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r file; do
  cp "$file" lib/modules-flat/
  basename "$file" >> lib/modules-flat/order
done

find . | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0 | gzip -9n > "$work/initrd"
cp "$packages/boot/vmlinuz-$kernel" "$work/vmlinuz"

boot=$work/boot
mkdir -p "$boot/boot/grub"
cp "$work/vmlinuz" "$work/initrd" "$boot/boot/"
cat > "$boot/boot/grub/grub.cfg" <<'GRUB'
linux /boot/vmlinuz console=ttyS0,115200 console=tty0 quiet net.ifnames=0 nokaslr tsc=unstable swiotlb=noforce panic=5
initrd /boot/initrd
boot
GRUB

# 64 MiB: the boot partition from sector 2048 (25 MiB), the data partition behind it, then 2 MiB for UEFI's loader.
disk=$work/disk.raw
truncate -s 64M "$disk"
printf 'label: dos\nstart=2048,size=51200,type=83,bootable\nstart=53248,size=73728,type=83\nstart=126976,size=4096,type=ef\n' |
  sfdisk -q "$disk"
mke2fs -q -t ext2 -b 4096 -L tboot -d "$boot" -E offset=$((2048 * 512)) "$disk" 25600k
mke2fs -q -t ext4 -b 4096 -L tdata -E offset=$((53248 * 512)) "$disk" $((73728 / 2))k

# What grub-bios-setup would do, which wants a device: the boot sector keeps the partition table, the core image
# follows it in the gap before the first partition.
grub-mkimage -O i386-pc -p '(hd0,msdos1)/boot/grub' -o "$work/core.img" biosdisk part_msdos ext2 linux normal configfile
dd if=/usr/lib/grub/i386-pc/boot.img of="$disk" bs=1 count=440 conv=notrunc status=none
dd if="$work/core.img" of="$disk" bs=512 seek=1 conv=notrunc status=none

# UEFI starts the removable media's path of a FAT partition; which disk that is on is found by label, as the seed is one too.
cat > "$work/efi.cfg" <<'GRUB'
search --no-floppy --label tboot --set=root
set prefix=($root)/boot/grub
configfile $prefix/grub.cfg
GRUB
grub-mkimage -O x86_64-efi -p /boot/grub -c "$work/efi.cfg" -o "$work/bootx64.efi" \
  part_msdos ext2 linux normal configfile search search_label
mkfs.vfat -n TEFI -C "$work/efi.img" 2048 > /dev/null
mmd -i "$work/efi.img" ::/EFI ::/EFI/BOOT
mcopy -i "$work/efi.img" "$work/bootx64.efi" ::/EFI/BOOT/BOOTX64.EFI
dd if="$work/efi.img" of="$disk" bs=512 seek=126976 conv=notrunc status=none

qemu-img convert -c -f raw -O qcow2 "$disk" "$out"
