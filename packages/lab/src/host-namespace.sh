#!/bin/sh
# Runs once inside a host's fresh mount, UTS and network namespaces: gives it a name and directories of its own.
# usage: host-namespace.sh NAME STATE_DIR
set -eu
name=$1
state=$2
hostname "$name"
# A sysfs of this network namespace; it also hides the machine's cgroups, which are not this host's to manage.
mount -t sysfs -o nosuid,nodev,noexec sysfs /sys
mount -t tmpfs -o mode=755,nosuid,nodev tmpfs /run
mkdir -p /run/libvirt /run/openvswitch /run/ovn /run/lock /run/ceph /run/basalt
bind() {
  [ -e "$2" ] || return 0
  mount --bind "$1" "$2"
}
bind "$state/etc-libvirt" /etc/libvirt
bind "$state/etc-ceph" /etc/ceph
bind "$state/var-lib-libvirt" /var/lib/libvirt
bind "$state/var-cache-libvirt" /var/cache/libvirt
bind "$state/var-log-libvirt" /var/log/libvirt
bind "$state/machine-id" /etc/machine-id
bind "$state/hostname" /etc/hostname
