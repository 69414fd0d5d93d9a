"""A service with a known limit: SLOTS slots, each busy for MS milliseconds with a request, and a queue
without end in front of them. It carries SLOTS / MS * 1000 requests a second and not one more.

usage: slots.py SLOTS MS

Prints `listening on ADDRESS` and serves until it is told to end. GET /fail is answered 500, as late as
any other request.

A request is served from when a slot was free, or from its arrival if that was later; when that is was
decided on its arrival, so that a timer that is late delays one answer and never the next.
"""

import asyncio
import heapq
import signal
import sys

SLOTS, SECONDS = int(sys.argv[1]), float(sys.argv[2]) / 1000

free = [0.0] * SLOTS


class Service(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
        self.buffer = b""

    def data_received(self, data):
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
            status = b"500 Failed" if head.startswith(b"GET /fail ") else b"200 OK"
            answer = b"HTTP/1.1 " + status + b"\r\nContent-Length: 2\r\n\r\nok"
            loop = asyncio.get_running_loop()
            end = max(loop.time(), heapq.heappop(free)) + SECONDS
            heapq.heappush(free, end)
            loop.call_at(end, self.transport.write, answer)


async def serve():
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, ended.set)
    server = await loop.create_server(Service, "127.0.0.1", 0, backlog=1024)
    host, port = server.sockets[0].getsockname()
    print(f"listening on {host}:{port}", flush=True)
    await ended.wait()
    server.close()


asyncio.run(serve())
