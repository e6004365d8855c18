"""Keeps an image open for writing until stdin ends: hold-image.py CONF POOL IMAGE."""
import sys

import rados
import rbd

cluster = rados.Rados(conffile=sys.argv[1], name="client.admin")
cluster.connect(timeout=10)
io = cluster.open_ioctx(sys.argv[2])
image = rbd.Image(io, sys.argv[3])
image.write(b"held", 0)
print("open", flush=True)
sys.stdin.read()
image.close()
io.close()
cluster.shutdown()
