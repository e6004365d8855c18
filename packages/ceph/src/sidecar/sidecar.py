#!/usr/bin/python3
"""Resident helper: librados and librbd behind JSON lines on stdio.

Starting `rbd` or `ceph` costs 30 to 500 ms; here a call costs about one. One request a line
{"id", "method", "params"}, one answer a line {"id", "result"} or {"id", "error": {"errno", "message"}}, in any order.
The first line written is {"ready": true}. Exits when stdin ends; exit code 3 = bindings missing, 4 = cannot connect.
Speaks only what METHODS lists and never builds a command from text.
"""
import json
import os
import queue
import sys
import threading
from datetime import timezone

try:
    import rados
    import rbd
except ImportError as missing:
    sys.stderr.write(str(missing) + "\n")
    sys.exit(3)

CONFIG = json.loads(sys.argv[1])
LOCK = threading.Lock()


def send(message):
    line = json.dumps(message, separators=(",", ":"))
    with LOCK:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def connect():
    options = {
        "rados_mon_op_timeout": str(CONFIG["monTimeout"]),
        "rados_osd_op_timeout": str(CONFIG["osdTimeout"]),
        "client_mount_timeout": str(CONFIG["monTimeout"]),
        "rbd_default_clone_format": "2",
        "admin_socket": "",
        "log_file": "/dev/null",
        "log_to_stderr": "false",
    }
    if CONFIG.get("keyring"):
        options["keyring"] = CONFIG["keyring"]
    cluster = rados.Rados(conffile=CONFIG["conf"], name="client." + CONFIG["user"], conf=options)
    cluster.connect(timeout=CONFIG["monTimeout"])
    return cluster


def iso(time):
    return None if time is None else time.replace(tzinfo=timezone.utc).isoformat().replace("+00:00", "Z")


class Failure(Exception):
    def __init__(self, errno, message, kind=None):
        super().__init__(message)
        self.errno = errno
        self.kind = kind


class Helper:
    def __init__(self, cluster):
        self.cluster = cluster

    def pool(self, name):
        return self.cluster.open_ioctx(name)

    def image(self, p, read_only=True):
        io = self.pool(p["pool"])
        try:
            return io, rbd.Image(io, p["image"], read_only=read_only)
        except BaseException:
            io.close()
            raise

    def with_image(self, p, work, read_only=True):
        io, image = self.image(p, read_only)
        try:
            return work(image)
        finally:
            image.close()
            io.close()

    def with_pool(self, name, work):
        io = self.pool(name)
        try:
            return work(io)
        finally:
            io.close()

    def command(self, p):
        command = p["command"]
        if "expire" in command:
            # The monitors insist on a number with a fraction, which JSON from elsewhere does not keep.
            command["expire"] = float(command["expire"])
        text = json.dumps(command)
        if p["target"] == "mgr":
            code, out, words = self.cluster.mgr_command(text, b"", timeout=CONFIG["monTimeout"])
        else:
            code, out, words = self.cluster.mon_command(text, b"", timeout=CONFIG["monTimeout"])
        if code != 0:
            raise Failure(abs(code), words)
        return out.decode()

    def image_create(self, p):
        self.with_pool(p["pool"], lambda io: rbd.RBD().create(io, p["image"], p["size"], old_format=False))

    def image_clone(self, p):
        source, target = p["from"], p["to"]
        # Format 2 by rbd_default_clone_format, see connect().
        self.with_pool(
            source["pool"],
            lambda parent: self.with_pool(
                target["pool"],
                lambda io: rbd.RBD().clone(parent, source["image"], source["snap"], io, target["image"]),
            ),
        )

    def image_info(self, p):
        def work(image):
            parent = None
            try:
                spec = image.get_parent_image_spec()
                parent = {
                    "pool": spec["pool_name"],
                    "image": spec["image_name"],
                    "snap": spec["snap_name"],
                    "trashed": bool(spec.get("trash", False)),
                }
            except rbd.ImageNotFound:
                pass
            stat = image.stat()
            mask = image.features()
            known = (name for name in dir(rbd) if name.startswith("RBD_FEATURE_") and not name.startswith("RBD_FEATURES_"))
            return {
                "id": image.id(),
                "name": p["image"],
                "size": stat["size"],
                "objectSize": stat["obj_size"],
                "features": sorted(
                    name[12:].lower().replace("_", "-") for name in known if mask & getattr(rbd, name)
                ),
                "createdAt": iso(image.create_timestamp()),
                "snapshotCount": len(list(image.list_snaps())),
                "parent": parent,
            }

        return self.with_image(p, work)

    def image_watchers(self, p):
        return self.with_image(
            p,
            lambda image: [
                {"address": w["addr"], "client": "client.%d" % w["id"], "cookie": str(w["cookie"])}
                for w in image.watchers_list()
            ],
        )

    def image_list(self, p):
        return self.with_pool(p["pool"], lambda io: rbd.RBD().list(io))

    def image_remove(self, p):
        self.with_pool(p["pool"], lambda io: rbd.RBD().remove(io, p["image"]))

    def image_grow(self, p):
        def work(image):
            now = image.size()
            if p["size"] < now:
                raise Failure(22, "%d is less than %d bytes" % (p["size"], now), "refused")
            if p["size"] > now:
                image.resize(p["size"], allow_shrink=False)

        self.with_image(p, work, read_only=False)

    def image_locks(self, p):
        def work(image):
            found = image.list_lockers()
            lockers = found["lockers"] if found else []
            return [{"locker": locker, "id": cookie, "address": address} for locker, cookie, address in lockers]

        return self.with_image(p, work)

    def snap_create(self, p):
        self.with_image(p, lambda image: image.create_snap(p["snap"]), read_only=False)

    def snap_protect(self, p):
        self.with_image(p, lambda image: image.protect_snap(p["snap"]), read_only=False)

    def snap_unprotect(self, p):
        self.with_image(p, lambda image: image.unprotect_snap(p["snap"]), read_only=False)

    def snap_remove(self, p):
        self.with_image(p, lambda image: image.remove_snap(p["snap"]), read_only=False)

    def snap_list(self, p):
        def work(image):
            return [
                {
                    "id": snap["id"],
                    "name": snap["name"],
                    "size": snap["size"],
                    "protected": image.is_protected_snap(snap["name"]),
                    "createdAt": iso(image.get_snap_timestamp(snap["id"])),
                }
                for snap in image.list_snaps()
                if snap.get("namespace", 0) == 0
            ]

        return self.with_image(p, work)

    def trash_move(self, p):
        # Ceph moves an image in use without a word, so who has it open is asked first.
        watchers = self.image_watchers(p)
        if watchers:
            raise Failure(16, "is open at " + watchers[0]["address"])
        self.with_pool(p["pool"], lambda io: rbd.RBD().trash_move(io, p["image"], p["deferSeconds"]))

    def trash_list(self, p):
        def work(io):
            return [
                {
                    "id": entry["id"],
                    "name": entry["name"],
                    "deletedAt": iso(entry["deletion_time"]),
                    "deferUntil": iso(entry["deferment_end_time"]),
                }
                for entry in rbd.RBD().trash_list(io)
                if entry["source"] == "USER"
            ]

        return self.with_pool(p["pool"], work)

    def trash_restore(self, p):
        def work(io):
            name = p.get("name")
            if name is None:
                name = rbd.RBD().trash_get(io, p["id"])["name"]
            rbd.RBD().trash_restore(io, p["id"], name)

        self.with_pool(p["pool"], work)

    def ping(self, _):
        return "pong"


METHODS = (
    "ping command image_create image_clone image_info image_watchers image_list image_remove image_grow image_locks "
    "snap_create snap_protect snap_unprotect snap_remove snap_list trash_move trash_list trash_restore"
).split()


def answer(helper, request):
    try:
        if request["method"] not in METHODS:
            raise Failure(22, "unknown method")
        return {"id": request["id"], "result": getattr(helper, request["method"])(request["params"])}
    except Failure as failure:
        return {"id": request["id"], "error": {"errno": failure.errno, "message": str(failure), "kind": failure.kind}}
    except (rados.OSError, rbd.OSError) as failure:
        return {"id": request["id"], "error": {"errno": abs(failure.errno or 0), "message": str(failure)}}
    except Exception as failure:  # the caller gets it; nothing may end the process
        return {"id": request["id"], "error": {"errno": 0, "message": "%s: %s" % (type(failure).__name__, failure)}}


def main():
    try:
        cluster = connect()
    except Exception as failure:
        sys.stderr.write("%s: %s\n" % (type(failure).__name__, failure))
        sys.exit(4)
    helper = Helper(cluster)
    work = queue.Queue()

    def serve():
        while True:
            send(answer(helper, work.get()))

    for _ in range(CONFIG["threads"]):
        threading.Thread(target=serve, daemon=True).start()
    send({"ready": True})
    for line in sys.stdin:
        work.put(json.loads(line))
    # Threads may be stuck in a call on a dead cluster; nothing is lost by leaving them.
    sys.stdout.flush()
    os._exit(0)


main()
